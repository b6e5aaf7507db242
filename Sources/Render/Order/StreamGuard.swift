internal import RTP

/// Tells which packets of a stream must prove that they come from the voice server before their
/// header is believed: those that do not follow the one before, or that came earlier than any of
/// the spurt. A forged packet could else move the speaker's clock, or break their numbers.
///
/// The same in both passes, so that they agree. Where speech flows, few packets are of this kind.
struct StreamGuard {
  private var isStarted = false
  private var sequence: UInt16 = 0
  private var timestamp: UInt32 = 0
  private var step: UInt32 = 960
  /// The packet that delays are told against, and the least delay since.
  private var baseTimestamp: UInt32 = 0
  private var baseArrival: Int64 = 0
  private var leastDelay: Int64 = 0

  /// Whether the packet's header says no more than that the stream goes on.
  func isPlain(_ header: RTPHeader, arrival: Int64) -> Bool {
    follows(header) && delay(header, arrival) >= leastDelay
  }

  /// Takes a packet that is believed.
  mutating func accept(_ header: RTPHeader, arrival: Int64) {
    if isStarted, follows(header) {
      leastDelay = min(leastDelay, delay(header, arrival))
    } else {
      let ahead = Int16(truncatingIfNeeded: Int32(header.sequenceNumber) - Int32(sequence))
      let samples = header.timestamp &- timestamp
      if isStarted {
        // One that comes late proves nothing about what comes next.
        if ahead <= 0, ahead > -1_024 { return }
        if ahead == 1, (120...5_760).contains(samples) { step = samples }
      }
      isStarted = true
      baseTimestamp = header.timestamp
      baseArrival = arrival
      leastDelay = 0
    }
    sequence = header.sequenceNumber
    timestamp = header.timestamp
  }

  private func follows(_ header: RTPHeader) -> Bool {
    isStarted && header.sequenceNumber == sequence &+ 1 && header.timestamp == timestamp &+ step
  }

  private func delay(_ header: RTPHeader, _ arrival: Int64) -> Int64 {
    let samples = Int64(Int32(bitPattern: header.timestamp &- baseTimestamp))
    return arrival &- baseArrival &- ClockRecorder.nanoseconds(samples)
  }
}
