/// One stream of a speaker: an SSRC on one connection.
struct StreamPlan: Sendable, Equatable {
  var active: Range<Int64>
  var connection: UInt32
  var ssrc: UInt32
  var sequence: UInt16
  var timestamp: UInt32
  /// The user came into the call with this stream (so a `client_connect` belongs to it).
  var joins: Bool
  /// The user leaves the call with its end.
  var leaves: Bool

  /// The streams of a speaker over the whole session, in order.
  static func streams(of speaker: SpeakerPlan, in plan: CapturePlan, random: SplitMix64)
    -> [StreamPlan]
  {
    var random = random
    var streams: [StreamPlan] = []
    let presence = speaker.presence ?? [0..<plan.duration]
    for stay in presence {
      for (number, connection) in plan.connections.enumerated() {
        let heard = stay.clamped(to: connection.active)
        guard !heard.isEmpty else { continue }
        let keepsSSRC =
          !connection.renewsSSRCs && number > 0 && stay.lowerBound < connection.active.lowerBound
        let cuts = speaker.ssrcChanges.filter { heard.contains($0) && $0 > heard.lowerBound }
        let edges = [heard.lowerBound] + cuts + [heard.upperBound]
        for (index, (start, end)) in zip(edges, edges.dropFirst()).enumerated() {
          var stream = StreamPlan(
            active: start..<end, connection: UInt32(number), ssrc: random.nextSSRC(),
            sequence: UInt16(truncatingIfNeeded: random.next()),
            timestamp: UInt32(truncatingIfNeeded: random.next()),
            joins: index == 0
              && (start == stay.lowerBound || start == connection.active.lowerBound),
            leaves: end == stay.upperBound && end < plan.duration)
          if let first = speaker.sender.firstSequence { stream.sequence = first }
          if let first = speaker.sender.firstTimestamp { stream.timestamp = first }
          if let ssrc = speaker.ssrc { stream.ssrc = ssrc }
          if index == 0, keepsSSRC, let last = streams.last { stream.ssrc = last.ssrc }
          streams.append(stream)
        }
      }
    }
    return streams
  }
}

extension SplitMix64 {
  /// Small numbers, as Discord deals them out, and never 0.
  fileprivate mutating func nextSSRC() -> UInt32 {
    UInt32(truncatingIfNeeded: next() % 16_000_000) + 1_000
  }
}
