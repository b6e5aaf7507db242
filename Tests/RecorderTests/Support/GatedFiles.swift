import CaptureLog
import Glibc
import Synchronization
import SystemPackage

/// The real file system, whose writes wait or fail when told.
final class GatedFiles: FileOperations {
  private struct State {
    var error: Errno?
    var failures = 0
    var syncs = 0
    var asked = 0
    var free: Int64?
    var calls: CheckedContinuation<Void, Never>?
    var count = 0
  }

  private let system = SystemFileOperations()
  private let state = Mutex(State())
  private let isClosed = Atomic<Bool>(false)

  /// From now on whoever syncs waits.
  func close() { isClosed.store(true, ordering: .sequentiallyConsistent) }
  func open() { isClosed.store(false, ordering: .sequentiallyConsistent) }
  /// Writes and new files fail with this.
  func fail(_ error: Errno?) { state.withLock { $0.error = error } }
  /// How often something has failed.
  var failures: Int { state.withLock { $0.failures } }
  /// How often a file was synced.
  var syncs: Int { state.withLock { $0.syncs } }
  /// How often the free space was asked for while syncs wait.
  var askedWhileClosed: Int { state.withLock { $0.asked } }
  func setFree(_ bytes: Int64?) { state.withLock { $0.free = bytes } }

  /// Waits until somebody waits.
  func waitForCall() async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.count == 0 { state.calls = continuation }
        return state.count > 0
      }
      if isThere { continuation.resume() }
    }
  }

  private func check() throws(Errno) {
    let error = state.withLock { state in
      if state.error != nil { state.failures += 1 }
      return state.error
    }
    if let error { throw error }
  }

  private func wait() {
    guard isClosed.load(ordering: .sequentiallyConsistent) else { return }
    let waiting = state.withLock { state in
      state.count += 1
      defer { state.calls = nil }
      return state.calls
    }
    waiting?.resume()
    while isClosed.load(ordering: .sequentiallyConsistent) { usleep(1000) }
  }

  func makeFolder(_ path: FilePath) throws(Errno) { try system.makeFolder(path) }
  func create(_ path: FilePath) throws(Errno) -> OpenFile {
    try check()
    return try system.create(path)
  }
  func write(_ bytes: Span<UInt8>, to file: OpenFile) throws(Errno) -> Int {
    try check()
    return try system.write(bytes, to: file)
  }
  func synchronize(_ file: OpenFile) throws(Errno) {
    wait()
    try check()
    state.withLock { $0.syncs += 1 }
  }
  func close(_ file: OpenFile) { system.close(file) }
  func rename(_ path: FilePath, to: FilePath) throws(Errno) { try system.rename(path, to: to) }
  func remove(_ path: FilePath) throws(Errno) { try system.remove(path) }
  func synchronizeFolder(_ path: FilePath) throws(Errno) {}
  func freeBytes(at path: FilePath) throws(Errno) -> Int64 {
    if isClosed.load(ordering: .sequentiallyConsistent) { state.withLock { $0.asked += 1 } }
    if let free = state.withLock({ $0.free }) { return free }
    return try system.freeBytes(at: path)
  }
}
