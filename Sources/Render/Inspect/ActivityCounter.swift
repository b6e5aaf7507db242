internal import RTP

/// What the clear headers of one stream say of its sender's talk.
struct ActivityCounter {
  private static let ticksPerSecond: Double = 48_000
  /// The longest Opus packet is 120 ms; a larger step of the timestamp is a pause.
  private static let longestPacket: Int64 = 5_760
  private static let usualPacket: Int64 = 960

  private var sequence = SequenceUnwrapper()
  private var window = LossWindow()
  private var lastTimestamp: UInt32?
  /// Seconds of talk in each part of the session.
  private(set) var activity: [Double]

  init(bins: Int) { activity = [Double](repeating: 0, count: bins) }

  var missing: Int64 { window.missing }
  var gaps: Int64 { window.gaps }
  var duplicates: Int64 { window.duplicates }
  var talkSeconds: Double { activity.reduce(0, +) }

  /// Takes in a packet.
  ///
  /// - Parameter bin: The part of the session it arrived in.
  mutating func record(_ header: RTPHeader, at arrival: Int64, bin: Int, isAudio: Bool) {
    let number = sequence.unwrap(header.sequenceNumber, at: arrival)
    let (isNew, isNext) = window.record(number)
    var ticks = Self.usualPacket
    if isNext, let lastTimestamp {
      let step = Int64(header.timestamp &- lastTimestamp)
      if (1...Self.longestPacket).contains(step) { ticks = step }
    }
    lastTimestamp = header.timestamp
    if isNew, isAudio { activity[bin] += Double(ticks) / Self.ticksPerSecond }
  }

  mutating func finish() { window.finish() }
}
