internal import RTP

/// What is known of one SSRC of a connection.
struct LiveStream {
  let connection: UInt32
  let ssrc: UInt32
  var order = FrameOrder()
  /// When its last packet came: the stream that has been silent longest makes place for another.
  var newest: Int64 = 0
  private var sequences = SequenceUnwrapper()
  private var timestamps = TimestampUnwrapper()

  init(connection: UInt32, ssrc: UInt32) {
    self.connection = connection
    self.ssrc = ssrc
  }

  /// A packet's whole numbers.
  mutating func unwrap(
    _ header: RTPHeader, at time: Int64
  ) -> (sequence: Int64, timestamp: Int64) {
    (
      sequences.unwrap(header.sequenceNumber, at: time),
      timestamps.unwrap(header.timestamp, at: time)
    )
  }
}

/// Where a frame belongs, kept with it while it waits for its key or its speaker.
struct FramePlace: Sendable {
  var connection: UInt32
  var ssrc: UInt32
  var sequence: Int64
  var timestamp: Int64
  var arrival: Int64
}
