internal import CaptureLog
internal import DAVEFrames
internal import RTP

/// Learns from end-to-end keys whose an SSRC is, where the server never said so, or where it said
/// within 5 s that the SSRC is another user's: events and packets race.
///
/// Who is named and speaks with another key is not looked for, nor is a second SSRC of who is heard on a
/// named one: every member holds every sender's key, and must not put words into another's mouth. A
/// flood of SSRCs costs no more than a few do: those with the most packets are looked at, a few times.
struct SpeakerLearning {
  /// Nanoseconds before and behind the server's word in which the keys decide.
  static let handoverMargin: Int64 = 5_000_000_000
  static let mostStreams = 256
  static let mostHandovers = 256
  /// Of a handover.
  static let mostEvidence = 4_096
  /// Keys tried for all streams together; about 3 s at worst.
  static let mostTries = 200_000

  /// A stream that the server named nobody for.
  private struct Nameless {
    let times: ClosedRange<Int64>
    var frames = 0
    var tries: Int
    var user: String?

    /// The first frames, and ever fewer behind: keys may come later than frames.
    var isDue: Bool { frames <= 8 || frames & (frames - 1) == 0 }
  }

  /// The time around a handover, with what opened in it.
  fileprivate struct Change {
    let handover: Handover
    var times: ClosedRange<Int64>
    var evidence: [(packet: UInt64, isNew: Bool)] = []
  }

  private let transport: TransportOpener
  private let keys: RenderKeys
  private let windows: EpochWindows
  private let takesAnyPayloadType: Bool
  private let named: NamedTimes
  private var members: [UInt32: MemberKeys] = [:]
  private var nameless: [UInt64: Nameless] = [:]
  /// By stream key, ascending.
  private var changes: [UInt64: [Change]] = [:]
  private var changeTries = SpeakerLearning.mostTries
  /// Keys that were tried.
  private(set) var tried = 0
  private var packetIndex: UInt64 = 0
  private var plaintext: [UInt8] = []

  /// - Returns: nil when there is nothing that keys could tell.
  init?(_ survey: SessionSurvey, keys: RenderKeys) {
    let sealed = Set(keys.senders.values.joined().map(\.connection))
    guard !sealed.isEmpty else { return nil }
    self.keys = keys
    transport = TransportOpener(survey: survey, keys: keys)
    windows = EpochWindows(survey.epochs)
    takesAnyPayloadType = survey.takesAnyPayloadType
    named = NamedTimes(survey.streams)
    let unnamed = survey.streams.filter {
      $0.user == nil && $0.audioPackets > 0 && sealed.contains($0.connection)
    }.sorted { ($1.audioPackets, $0.firstPacket) < ($0.audioPackets, $1.firstPacket) }
      .prefix(Self.mostStreams)
    for stream in unnamed {
      nameless[StreamKey.key(connection: stream.connection, ssrc: stream.ssrc)] =
        Nameless(times: NamedTimes.times(stream), tries: Self.mostTries / unnamed.count)
    }
    // Beyond the number that is kept nobody knows who had an SSRC before.
    if survey.handovers.count <= Self.mostHandovers {
      for handover in survey.handovers where sealed.contains(handover.connection) {
        add(handover)
      }
    }
    if nameless.isEmpty, changes.isEmpty { return nil }
  }

  private mutating func add(_ handover: Handover) {
    let key = StreamKey.key(connection: handover.connection, ssrc: handover.ssrc)
    // An SSRC that changes hands fast is each one's until the next is named.
    var list = changes[key] ?? []
    let before = list.last?.handover.time ?? 0
    if let index = list.indices.last {
      let times = list[index].times
      let end = max(times.lowerBound, min(times.upperBound, handover.time))
      list[index].times = times.lowerBound...end
    }
    let lower = max(before, handover.time - Self.handoverMargin)
    list.append(
      Change(
        handover: handover, times: lower...max(lower, handover.time + Self.handoverMargin)))
    changes[key] = list
  }

  /// Takes the log's packets in order.
  mutating func take(_ packet: PacketRecord, payload: Span<UInt8>) {
    let index = packetIndex
    packetIndex += 1
    guard !packet.isOutbound, case .rtp(let header) = DatagramKind.classify(payload),
      takesAnyPayloadType || header.payloadType == 120
    else { return }
    let time = SessionTime.bounded(packet.time)
    let key = StreamKey.key(connection: packet.connection, ssrc: header.ssrc)
    if var stream = nameless[key], stream.user == nil, stream.tries > 0 {
      guard let frame = frame(payload, header, packet.connection, at: time) else { return }
      stream.frames += 1
      if stream.isDue {
        let left = stream.tries
        let (times, connection) = (stream.times, packet.connection)
        let sender = members(connection).sender(of: frame.span, at: time, tries: &stream.tries)
        tried += left - stream.tries
        if let sender, named.isElsewhere(sender, during: times, connection: connection) {
          stream.tries = 0
        } else {
          stream.user = sender
        }
      }
      nameless[key] = stream
    } else if let place = changes[key]?.lastIndex(where: { $0.times.contains(time) }),
      let change = changes[key]?[place], change.evidence.count < Self.mostEvidence,
      let frame = frame(payload, header, packet.connection, at: time)
    {
      let known: Set = [change.handover.from, change.handover.to]
      let left = changeTries
      let sender = members(packet.connection).sender(
        of: frame.span, at: time, among: known, tries: &changeTries)
      tried += left - changeTries
      guard let sender else { return }
      changes[key]?[place].evidence.append((index, sender == change.handover.to))
    }
  }

  /// What a packet carries, if it is end-to-end encrypted.
  private mutating func frame(
    _ datagram: Span<UInt8>, _ header: RTPHeader, _ connection: UInt32, at time: Int64
  ) -> [UInt8]? {
    let range = transport.open(
      datagram, header: header, connection: connection, time: time, into: &plaintext)
    guard let range else { return nil }
    let frame = Array(plaintext[range])
    return DAVEFrame.looksEncrypted(frame.span) ? frame : nil
  }

  private mutating func members(_ connection: UInt32) -> MemberKeys {
    if let known = members[connection] { return known }
    let new = MemberKeys(keys, connection: connection, windows: windows)
    members[connection] = new
    return new
  }

  /// What was learned.
  consuming func finish() -> StreamOwners {
    var owners = StreamOwners()
    for (key, stream) in nameless {
      guard let user = stream.user else { continue }
      owners[key] = [StreamOwners.Span(firstPacket: 0, user: user, isLearned: true)]
    }
    for (key, list) in changes {
      guard let first = list.first?.handover else { continue }
      var spans = [StreamOwners.Span(firstPacket: 0, user: first.from, isLearned: false)]
      for change in list {
        let packet = max(change.firstPacket, spans.last?.firstPacket ?? 0)
        spans.append(
          StreamOwners.Span(
            firstPacket: packet, user: change.handover.to,
            isLearned: packet != change.handover.packet))
      }
      if spans.contains(where: \.isLearned) { owners[key] = spans }
    }
    return owners
  }
}

extension SpeakerLearning.Change {
  /// The first packet of the new user: with the fewest frames on the wrong side, and then as near
  /// to the server's word as can be.
  fileprivate var firstPacket: UInt64 {
    // With the first `cut` frames the old user's: how many of them are not, and of the others.
    var wrong = evidence.count { !$0.isNew }
    var best = (wrong: Int.max, distance: UInt64.max, packet: handover.packet)
    for cut in 0...evidence.count {
      let low = cut > 0 ? evidence[cut - 1].packet + 1 : 0
      let high = cut < evidence.count ? evidence[cut].packet : .max
      let packet = min(max(handover.packet, low), high)
      let distance = packet.distance(from: handover.packet)
      if (wrong, distance) < (best.wrong, best.distance) { best = (wrong, distance, packet) }
      if cut < evidence.count { wrong += evidence[cut].isNew ? 1 : -1 }
    }
    return best.packet
  }
}

extension UInt64 {
  fileprivate func distance(from other: UInt64) -> UInt64 {
    self > other ? self - other : other - self
  }
}
