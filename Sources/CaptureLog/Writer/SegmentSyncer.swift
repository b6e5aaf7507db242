internal import Synchronization
internal import SystemPackage
internal import Threads

/// The sync thread's part: `fdatasync` of the open segment once a second, and all that has to wait
/// for the medium when a segment ends (sync, rename, sync of the folder, close).
///
/// Only this side closes files, so a file is never closed while it is being synced, and the writer
/// thread never waits for a sync, not even at a rotation. The mutex is not held over a call to the
/// file system.
final class SegmentSyncer: Sendable {
  private struct State {
    var current: (file: OpenFile, segment: UInt32)?
    var sealed: [Sealed] = []
    var folderIsDirty = false
    var failed: Set<UInt32> = []
    var progress = Progress()
    var report = Report()
  }

  private let folder: FilePath
  private let files: any FileOperations
  private let clock: any CaptureClock
  private let state = Mutex(State())
  let wakeup = Wakeup()

  init(folder: FilePath, files: any FileOperations, clock: any CaptureClock) {
    self.folder = folder
    self.files = files
    self.clock = clock
  }

  // MARK: For the writer

  func opened(_ file: OpenFile, segment: UInt32) {
    state.withLock { state in
      state.current = (file, segment)
      state.folderIsDirty = true
    }
  }

  /// Blocks below `number` were handed to the system.
  func wrote(below number: UInt64) {
    state.withLock { $0.progress.writtenNumber = number }
  }

  /// The writer is about to call the file system, at that boot time; nil: it has come back.
  func writing(since: Int64?) {
    state.withLock { $0.progress.writingSince = since }
  }

  /// All that was taken before `time` (session time, nanoseconds) was handed to the system.
  func wroteAll(before time: Int64) {
    state.withLock { $0.progress.writtenTime = time }
  }

  func seal(_ sealed: Sealed) {
    state.withLock { state in
      state.current = nil
      state.sealed.append(sealed)
    }
    wakeup.signal()
  }

  func takeReport() -> Report {
    state.withLock { state in
      defer { state.report = Report() }
      return state.report
    }
  }

  var progress: Progress { state.withLock { $0.progress } }

  // MARK: The sync thread

  /// One round; returns true when something failed that the writer has to react to.
  func synchronize() -> Bool {
    let now = clock.read().boottime
    let (current, sealed, isDirty, written) = state.withLock { state in
      defer {
        state.sealed = []
        state.folderIsDirty = false
        state.progress.syncingSince = now
      }
      return (state.current, state.sealed, state.folderIsDirty, state.progress)
    }
    var isSound = true
    if isDirty, let error = synchronizeFolder() {
      isSound = false
      if let segment = current?.segment ?? sealed.last?.segment { fail(segment, error) }
    }
    for segment in sealed where !finish(segment) { isSound = false }
    if let current {
      if hasFailed(current.segment) {
        isSound = false
      } else if let error = files.synchronizeOnce(current.file) {
        isSound = false
        fail(current.segment, error)
      }
    }
    readFreeSpace()
    return state.withLock { state in
      state.progress.syncingSince = nil
      if isSound {
        state.progress.syncedNumber = written.writtenNumber
        state.progress.storedTime = written.writtenTime
        state.report.synced = current?.segment
      }
      return !state.report.failures.isEmpty
    }
  }

  /// Asks the file system how much is free; it may take as long as a sync.
  func readFreeSpace() {
    guard let free = try? files.freeBytes(at: folder) else { return }
    state.withLock { state in
      state.report.freeBytes = free
      state.progress.freeBytes = free
    }
  }

  private func finish(_ sealed: Sealed) -> Bool {
    defer { files.close(sealed.file) }
    // A sync that failed while the writer ended the segment counts like one before.
    guard sealed.syncs, !hasFailed(sealed.segment) else { return false }
    if let error = files.synchronizeOnce(sealed.file) {
      fail(sealed.segment, error)
      return false
    }
    guard sealed.renames else { return true }
    do throws(Errno) {
      try files.rename(
        folder.appending(SegmentFormat.fileName(sealed.segment, isPart: true)),
        to: folder.appending(SegmentFormat.fileName(sealed.segment, isPart: false)))
    } catch {
      fail(sealed.segment, error)
      return false
    }
    if let error = synchronizeFolder() {
      fail(sealed.segment, error)
      return false
    }
    return true
  }

  private func synchronizeFolder() -> Errno? {
    while true {
      do throws(Errno) {
        try files.synchronizeFolder(folder)
        return nil
      } catch Errno.interrupted {
        continue
      } catch {
        return error
      }
    }
  }

  private func hasFailed(_ segment: UInt32) -> Bool {
    state.withLock { $0.failed.contains(segment) }
  }

  private func fail(_ segment: UInt32, _ error: Errno) {
    state.withLock { state in
      state.failed.insert(segment)
      state.report.failures.append(Failure(segment: segment, error: error))
    }
  }

  /// Closes what is open, without sync or rename: for a writer that is given up.
  func abandon() {
    let open = state.withLock { state in
      defer {
        state.sealed = []
        state.current = nil
      }
      return state.sealed.map(\.file) + (state.current.map { [$0.file] } ?? [])
    }
    for file in open { files.close(file) }
  }
}
