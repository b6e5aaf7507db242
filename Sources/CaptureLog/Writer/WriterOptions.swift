/// Limits of a ``CaptureWriter``.
public struct WriterOptions: Sendable, Equatable {
  /// A segment of this size is ended and another begun; bytes.
  public var segmentBytes: Int64
  /// The same by age; nanoseconds.
  public var segmentAge: Int64
  /// Recording stops cleanly when fewer bytes than this are free.
  public var freeSpaceFloor: Int64
  /// Room for datagrams that wait for the disk; bytes, a power of two, at least 4096.
  public var ringBytes: Int
  /// Room for events that wait for the disk; bytes.
  public var eventBytes: Int

  public init(
    segmentBytes: Int64 = 64 << 20, segmentAge: Int64 = 600_000_000_000,
    freeSpaceFloor: Int64 = 64 << 20, ringBytes: Int = 4 << 20, eventBytes: Int = 4 << 20
  ) {
    self.segmentBytes = segmentBytes
    self.segmentAge = segmentAge
    self.freeSpaceFloor = freeSpaceFloor
    self.ringBytes = ringBytes
    self.eventBytes = eventBytes
  }
}
