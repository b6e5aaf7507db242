internal import SystemPackage

/// What the sync thread is given, and what it tells.
extension SegmentSyncer {
  /// A segment that the writer is done with.
  struct Sealed: Sendable {
    var file: OpenFile
    var segment: UInt32
    /// False for one whose sync failed: a second sync would lie, its pages may be gone.
    var syncs: Bool
    /// False for one that is torn or in doubt: it keeps its `.part`.
    var renames: Bool
  }

  struct Failure: Sendable, Equatable {
    var segment: UInt32
    var error: Errno
  }

  /// What the writer is to know, since it last asked.
  struct Report: Sendable {
    var failures: [Failure] = []
    /// The segment that is sound on the medium up to the blocks written when the sync began.
    var synced: UInt32?
    var freeBytes: Int64?
  }

  /// How far the capture is written and on the medium, and what is under way.
  struct Progress: Sendable {
    var writtenNumber: UInt64 = 0
    var syncedNumber: UInt64 = 0
    /// What was taken before this session time is written, nanoseconds.
    var writtenTime: Int64?
    /// The same, on the medium.
    var storedTime: Int64?
    /// Boot time at which the present call of either thread began.
    var writingSince: Int64?
    var syncingSince: Int64?
    /// Kept, for those who must not ask a file system that may hang.
    var freeBytes: Int64?
  }
}
