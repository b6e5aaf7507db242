/// Decides which segment is written and when: rotation, faults, backoff, the free-space floor.
///
/// Pure: what happened goes in, the next ``Step`` comes out, and the time (boot time, nanoseconds)
/// is passed in. The writer carries the steps out.
struct SegmentRoller: Sendable {
  enum Step: Sendable, Equatable {
    /// A segment is open: write what is queued.
    case write
    case open(UInt32)
    /// Write `segment_end` and close. `isSound` is false after a failed sync: the file is not
    /// synced again and keeps its `.part`.
    case end(reason: String, isSound: Bool)
    /// The disk fails; try again at that time.
    case wait(until: Int64)
    /// Nothing more is stored.
    case stopped
  }

  private enum State: Sendable {
    case closed(retryAt: Int64)
    case open(number: UInt32, since: Int64, bytes: Int64)
    case stopped
  }

  static let longestBackoff: Int64 = 30_000_000_000

  private let options: WriterOptions
  private var state = State.closed(retryAt: .min)
  private var nextNumber: UInt32
  /// Failed segments since the last successful sync.
  private(set) var failures = 0
  private var freeBytes = Int64.max
  private var wantsRotation = false
  private var syncHasFailed = false
  private var finishReason: String?
  private var finishFailures = 0
  private(set) var currentError: CaptureError?
  private(set) var lastError: CaptureError?

  init(options: WriterOptions, firstSegment: UInt32) {
    self.options = options
    nextNumber = firstSegment
  }

  /// The segment that is open.
  var segment: UInt32? {
    if case .open(let number, _, _) = state { number } else { nil }
  }

  /// What to do now.
  mutating func next(now: Int64) -> Step {
    switch state {
    case .stopped:
      return .stopped
    case .closed(let retryAt):
      if freeBytes < options.freeSpaceFloor {
        fail(spaceError)
        return stop()
      }
      if finishReason != nil { return finishFailures > 1 ? stop() : .open(nextNumber) }
      return now < retryAt ? .wait(until: retryAt) : .open(nextNumber)
    case .open(_, let since, let bytes):
      if syncHasFailed { return .end(reason: "sync_error", isSound: false) }
      if freeBytes < options.freeSpaceFloor { return .end(reason: "disk_full", isSound: true) }
      if let finishReason { return .end(reason: finishReason, isSound: true) }
      let isDue =
        wantsRotation || bytes >= options.segmentBytes || now &- since >= options.segmentAge
      return isDue ? .end(reason: "rotation", isSound: true) : .write
    }
  }

  /// Whether no segment follows the one that is open: finished, or out of space.
  var isLast: Bool { finishReason != nil || freeBytes < options.freeSpaceFloor }

  // MARK: What happened

  mutating func opened(_ number: UInt32, now: Int64) {
    state = .open(number: number, since: now, bytes: 0)
    wantsRotation = false
    syncHasFailed = false
  }

  /// No segment could be begun. `usesNumber` when a file of that name is there nevertheless.
  mutating func openFailed(_ error: CaptureError, usesNumber: Bool, now: Int64) {
    if usesNumber { nextNumber &+= 1 }
    close(after: error, now: now)
  }

  mutating func wrote(bytes: Int) {
    guard case .open(let number, let since, let sum) = state else { return }
    state = .open(number: number, since: since, bytes: sum &+ Int64(bytes))
  }

  /// The open segment is torn and was closed.
  mutating func writeFailed(_ error: CaptureError, now: Int64) {
    nextNumber &+= 1
    close(after: error, now: now)
  }

  /// A sync of a segment failed. Only the open one is to be ended; one that was ended before has
  /// an error to report, no more.
  mutating func syncFailed(segment: UInt32, _ error: CaptureError) {
    failures += 1
    fail(error)
    if self.segment == segment { syncHasFailed = true }
  }

  /// All that was written so far is on the medium.
  mutating func synced(segment: UInt32) {
    guard self.segment == segment, !syncHasFailed else { return }
    failures = 0
    currentError = nil
  }

  mutating func foundFree(bytes: Int64) {
    freeBytes = bytes
  }

  /// The segment was ended as told by ``Step/end(reason:isSound:)``.
  mutating func ended(now: Int64) {
    nextNumber &+= 1
    if freeBytes < options.freeSpaceFloor {
      fail(spaceError)
      state = .stopped
    } else if syncHasFailed {
      state = .closed(retryAt: now &+ backoff)
    } else if finishReason == nil {
      state = .closed(retryAt: .min)
    } else {
      // What failed before has been stored since, or a sync that is still to come says otherwise.
      currentError = nil
      state = .stopped
    }
  }

  mutating func requestRotation() {
    wantsRotation = segment != nil
  }

  mutating func requestFinish(reason: String) {
    if finishReason == nil { finishReason = reason }
  }

  // MARK: Faults

  private var spaceError: CaptureError {
    CaptureError(
      .noSpace,
      "only \(freeBytes) bytes are free, the floor is \(options.freeSpaceFloor); recording stopped")
  }

  private mutating func fail(_ error: CaptureError) {
    currentError = error
    lastError = error
  }

  private mutating func stop() -> Step {
    state = .stopped
    return .stopped
  }

  private mutating func close(after error: CaptureError, now: Int64) {
    failures += 1
    if finishReason != nil { finishFailures += 1 }
    fail(error)
    state = .closed(retryAt: now &+ backoff)
  }

  /// A first failure may be the file's alone, so another is tried at once; then after 1, 2, 4 …
  /// 30 seconds.
  private var backoff: Int64 {
    failures <= 1 ? 0 : min(Self.longestBackoff, 1_000_000_000 << Int64(min(failures - 2, 5)))
  }
}
