/// What a ``CaptureWriter`` has done so far, for metrics and alerts.
///
/// Every datagram offered ends in one place: `packetsStored + packetsQueued + droppedRing +
/// droppedDisk == packetsOffered`, once the receive thread and the writer are at rest.
public struct WriterStatus: Sendable, Equatable {
  /// Datagrams given to `append`.
  public var packetsOffered: UInt64 = 0
  /// Datagrams written to a segment.
  public var packetsStored: UInt64 = 0
  /// Datagrams in the ring.
  public var packetsQueued: UInt64 = 0
  /// Datagrams refused because the ring was full while the disk took data, or too large.
  public var droppedRing: UInt64 = 0
  /// Datagrams refused or given up because the disk did not take data.
  public var droppedDisk: UInt64 = 0
  /// Events written, those of the writer itself included.
  public var eventsStored: UInt64 = 0
  /// Events refused because their queue was full, or larger than a block.
  public var eventsDropped: UInt64 = 0
  /// Kernel stamps out of range, replaced by the read time.
  public var stampsReplaced: UInt64 = 0
  /// Bytes written to segments.
  public var bytesWritten: UInt64 = 0
  /// Bytes that wait for the writer thread: datagrams and events.
  public var queueBytes: Int = 0
  /// The running number that the next block gets.
  public var nextNumber: UInt64 = 0
  /// Blocks below this running number were on the medium at the last sync.
  public var syncedNumber: UInt64 = 0
  /// What was taken before this session time (nanoseconds since the Unix epoch) was on the medium
  /// at the last sync; nil before the first.
  public var storedTime: Int64?
  /// Since when the write under way lasts, boot time in nanoseconds; nil when there is none. A disk
  /// that hangs returns no error: only this tells.
  public var writingSince: Int64?
  /// The same of a sync, and of what else the sync thread asks of the file system.
  public var syncingSince: Int64?
  /// What the sync thread found free last, bytes; nil when the system has not told.
  public var freeBytes: Int64?
  /// The segment being written, nil when there is none.
  public var segment: UInt32?
  /// Failed writes, failed creations included; each ended a segment.
  public var writeErrors: UInt64 = 0
  /// Failed syncs; each ended a segment.
  public var syncErrors: UInt64 = 0
  /// What is wrong now; nil again after the next successful sync.
  public var currentError: CaptureError?
  /// What was wrong last, kept.
  public var lastError: CaptureError?
  /// True when nothing more will be stored: finished, or stopped at the free-space floor.
  public var isStopped = false
}
