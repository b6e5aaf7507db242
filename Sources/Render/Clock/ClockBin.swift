/// The earliest packet of up to two seconds of a spurt: all that pass 1 keeps of its timing.
///
/// 16 bytes, so that a day of ten people who never stop talking is 7 MB.
struct ClockBin: Equatable {
  /// Least arrival minus RTP time, in nanoseconds, relative to the stream's first packet.
  var delay: Int64
  /// When that packet came, in milliseconds after the stream's first packet.
  var arrival: UInt32
  /// Packets in the bin.
  var count: UInt16
  /// The earliest packet is the first of a spurt that has hardly any other; some senders send that
  /// one early, so it counts only where there is nothing else.
  var isWeak = false

  /// RTP time of the earliest packet, in seconds relative to the stream's first packet.
  var rtpSeconds: Double { Double(arrival) * 1e-3 - Double(delay) * 1e-9 }
  var delaySeconds: Double { Double(delay) * 1e-9 }
}

/// Where a spurt begins, as the clear headers tell: a pause or a break before it.
struct SpurtMark: Equatable {
  /// What happened between this spurt and the one before.
  enum Boundary: UInt8 {
    /// The first spurt of the stream.
    case start
    /// RTP time went on by more than the packets account for: a pause with a running clock.
    case running
    /// RTP time went on as if nothing were, yet far more time passed: a pause in which the clock
    /// stood, or a stall of the network.
    case standing
    /// RTP time went back, or the sequence numbers began anew.
    case restart
  }

  /// Unwrapped sequence number of the spurt's first packet.
  var firstSequence: Int64
  /// Unwrapped RTP time of the first and the last packet, in 48 kHz samples.
  var firstTimestamp: Int64
  var lastTimestamp: Int64
  /// Index of the spurt's first bin.
  var firstBin: Int32
  var boundary: Boundary
}
