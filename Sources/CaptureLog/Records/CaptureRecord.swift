/// One thing a capture holds, in the order it was written.
public enum CaptureRecord: Sendable, Equatable {
  /// A datagram; its bytes are lent by the reader (`CaptureReader.withPayload`).
  case packet(PacketRecord)
  case event(CaptureEvent)
  /// Bytes that are no whole, sound block; reading goes on behind them.
  case damage(CaptureDamage)
}

/// What a capture says of one datagram besides its bytes.
public struct PacketRecord: Sendable, Equatable {
  /// The running number of the block in the capture (`epb_packetid`), from 0.
  public var number: UInt64
  /// Arrival in nanoseconds since the Unix epoch **on the session clock**: wall clock at session
  /// start plus elapsed boot time, so it never steps within a boot.
  public var time: Int64
  /// The voice connection (one identify); also the pcapng interface id.
  public var connection: UInt32
  /// True for what the recorder sent (IP discovery, keepalives).
  public var isOutbound: Bool
  /// Length of the UDP payload in bytes.
  public var payloadLength: Int

  public init(
    number: UInt64, time: Int64, connection: UInt32, isOutbound: Bool, payloadLength: Int
  ) {
    self.number = number
    self.time = time
    self.connection = connection
    self.isOutbound = isOutbound
    self.payloadLength = payloadLength
  }
}

/// A range of a segment that could not be read, or blocks that are missing.
public struct CaptureDamage: Sendable, Equatable, Codable {
  public enum Cause: String, Sendable, Codable, CaseIterable {
    /// The segment ends inside a block: a torn write or a cut file.
    case torn
    /// The CRC32C of a block does not match its bytes.
    case checksum
    /// No block of ours begins here.
    case garbage
    /// Running numbers jump: whole blocks are missing.
    case missingBlocks = "missing_blocks"
    /// A segment number is missing from the folder.
    case missingSegment = "missing_segment"
    /// The file could not be read (I/O error).
    case unreadable
    /// Running numbers go back, or a segment's header has another number than its file name.
    case outOfOrder = "out_of_order"
    /// A second file of the same segment; it is not read.
    case duplicateSegment = "duplicate_segment"
    /// A segment of another capture; it is not read.
    case foreignSegment = "foreign_segment"
  }

  public var cause: Cause
  /// File name of the segment within the capture folder.
  public var segment: String
  /// Byte offset in the segment and length of the range; length 0 for missing blocks.
  public var offset: Int64
  public var length: Int64
  /// How many running numbers are missing before the next sound block; 0 when it cannot be told.
  /// Where several damages follow each other, the last one has the number.
  public var missing: UInt64

  public init(
    cause: Cause, segment: String, offset: Int64, length: Int64, missing: UInt64 = 0
  ) {
    self.cause = cause
    self.segment = segment
    self.offset = offset
    self.length = length
    self.missing = missing
  }
}
