internal import Synchronization
internal import SystemPackage

@testable import CaptureLog

/// Counts calls from any thread, from 1.
final class Counter: Sendable {
  private let value = Atomic<Int>(0)
  func next() -> Int { value.add(1, ordering: .relaxed).newValue }
}

/// The real file system, on which any call can be made to fail, to be short or to wait.
///
/// Syncs do not reach the medium (they would only make the tests slow), but are counted.
final class FaultyFiles: FileOperations {
  enum Call: Hashable, CaseIterable {
    case makeFolder, create, write, synchronize, rename, remove, synchronizeFolder, freeBytes
  }

  enum Fault: Sendable, Equatable {
    case error(Errno)
    /// A write takes this many bytes and succeeds.
    case short(Int)
    /// A write takes this many bytes, and the next one fails.
    case torn(Int, Errno)
  }

  private struct State {
    var plan: @Sendable (Call, Int) -> Fault? = { _, _ in nil }
    var counts: [Call: Int] = [:]
    var afterTear: Errno?
    var freeBytes: Int64 = 1 << 40
    /// Files whose sync has failed: nothing may be done to them but closing.
    var failed: Set<Int32> = []
    var violations: [String] = []
    var open = 0
  }

  private let system = SystemFileOperations()
  private let state = Mutex(State())
  /// Held by a test to let syncs wait.
  let syncGate = Gate()
  /// The same for writes.
  let writeGate = Gate()

  /// Sets what fails: called with the call and its number, from 0, since this was set.
  func plan(_ plan: @escaping @Sendable (Call, Int) -> Fault?) {
    state.withLock { state in
      state.plan = plan
      state.counts = [:]
    }
  }

  func setFree(_ bytes: Int64) { state.withLock { $0.freeBytes = bytes } }
  func count(_ call: Call) -> Int { state.withLock { $0.counts[call] ?? 0 } }
  /// Calls that the writer should never have made.
  var violations: [String] { state.withLock { $0.violations } }
  /// Files that are open.
  var open: Int { state.withLock { $0.open } }

  private func fault(_ call: Call) -> Fault? {
    state.withLock { state in
      let number = state.counts[call, default: 0]
      state.counts[call] = number + 1
      return state.plan(call, number)
    }
  }

  private func check(_ call: Call) throws(Errno) {
    if case .error(let error) = fault(call) { throw error }
  }

  func makeFolder(_ path: FilePath) throws(Errno) {
    try check(.makeFolder)
    try system.makeFolder(path)
  }

  func create(_ path: FilePath) throws(Errno) -> OpenFile {
    try check(.create)
    let file = try system.create(path)
    state.withLock { state in
      state.open += 1
      state.failed.remove(file.descriptor)
    }
    return file
  }

  func write(_ bytes: Span<UInt8>, to file: OpenFile) throws(Errno) -> Int {
    writeGate.pass()
    let pending = state.withLock { state in
      defer { state.afterTear = nil }
      return state.afterTear
    }
    if let pending { throw pending }
    switch fault(.write) {
    case nil: return try system.write(bytes, to: file)
    case .error(let error): throw error
    case .short(let count):
      return try system.write(bytes.extracting(0..<min(max(1, count), bytes.count)), to: file)
    case .torn(let count, let error):
      let count = min(count, bytes.count - 1)
      guard count > 0 else { throw error }
      state.withLock { $0.afterTear = error }
      return try system.write(bytes.extracting(0..<count), to: file)
    }
  }

  func synchronize(_ file: OpenFile) throws(Errno) {
    syncGate.pass()
    state.withLock { state in
      if state.failed.contains(file.descriptor) { state.violations.append("sync tried again") }
    }
    do throws(Errno) { try check(.synchronize) } catch {
      if error != .interrupted { state.withLock { _ = $0.failed.insert(file.descriptor) } }
      throw error
    }
  }

  func close(_ file: OpenFile) {
    state.withLock { $0.open -= 1 }
    system.close(file)
  }

  func rename(_ path: FilePath, to: FilePath) throws(Errno) {
    try check(.rename)
    try system.rename(path, to: to)
  }

  func remove(_ path: FilePath) throws(Errno) {
    try check(.remove)
    try system.remove(path)
  }

  func synchronizeFolder(_ path: FilePath) throws(Errno) {
    try check(.synchronizeFolder)
  }

  func freeBytes(at path: FilePath) throws(Errno) -> Int64 {
    try check(.freeBytes)
    return state.withLock { $0.freeBytes }
  }
}
