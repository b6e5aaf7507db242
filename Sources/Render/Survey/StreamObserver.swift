internal import RTP

/// Pass 1 over one stream.
struct StreamObserver {
  let connection: UInt32
  let ssrc: UInt32
  let firstPacket: UInt64
  let firstArrival: Int64
  var user: String?
  let isLearned: Bool

  private(set) var lastArrival: Int64
  private(set) var packets: UInt64 = 0
  private(set) var audioPackets: UInt64 = 0
  /// Packets that proved not to come from the voice server.
  private var forged: UInt64 = 0
  private var headers = StreamGuard()
  private var timeline = StreamTimeline()
  private var recorder = ClockRecorder()
  private var jitter = InterarrivalJitter()
  private var lowest: Int64 = 0
  private var highest: Int64 = 0

  init(
    connection: UInt32, ssrc: UInt32, firstPacket: UInt64, arrival: Int64, user: String?,
    isLearned: Bool = false
  ) {
    self.connection = connection
    self.ssrc = ssrc
    self.firstPacket = firstPacket
    self.user = user
    self.isLearned = isLearned
    firstArrival = arrival
    lastArrival = arrival
  }

  /// Takes a packet of the stream.
  ///
  /// - Parameters:
  ///   - isCredible: Looks whether the packet comes from the voice server.
  ///   - isQuiet: Looks whether it is without sound. Both are asked only where much hangs on it.
  mutating func take(
    _ header: RTPHeader, isAudio: Bool, arrival: Int64, isCredible: () -> Bool,
    isQuiet: () -> Bool
  ) {
    packets += 1
    lastArrival = arrival
    guard isAudio else { return }
    guard headers.isPlain(header, arrival: arrival) || isCredible() else {
      forged += 1
      return
    }
    headers.accept(header, arrival: arrival)
    let position = timeline.position(
      sequence: header.sequenceNumber, timestamp: header.timestamp, arrival: arrival)
    if audioPackets == 0 {
      lowest = position.sequence
      highest = position.sequence
    }
    lowest = min(lowest, position.sequence)
    highest = max(highest, position.sequence)
    audioPackets += 1
    jitter.record(timestamp: header.timestamp, arrival: arrival)
    recorder.add(
      sequence: position.sequence, timestamp: position.timestamp, arrival: arrival,
      isRestart: position.isRestart, isQuiet: isQuiet)
  }

  consuming func finish() -> StreamSurvey {
    recorder.finish()
    return StreamSurvey(
      connection: connection, ssrc: ssrc, user: user, isLearned: isLearned,
      firstArrival: firstArrival,
      lastArrival: lastArrival, firstPacket: firstPacket, packets: packets,
      // What nobody was named for and nothing proves is no speaker.
      audioPackets: user == nil && audioPackets == 0 ? 0 : audioPackets + forged,
      missing: audioPackets == 0 ? 0 : highest - lowest + 1 - Int64(audioPackets),
      jitterMilliseconds: jitter.milliseconds, clock: StreamClock(recorder))
  }
}
