internal import SystemPackage
internal import Synchronization

/// Stops a verification, recovery or import from another thread, such as one that waits for signals.
///
///     let cancellation = CaptureCancellation()
///     // On SIGTERM: the work removes what it wrote and throws CaptureError of code cancelled.
///     cancellation.cancel()
public final class CaptureCancellation: Sendable {
  private let flag = Atomic<Bool>(false)
  private let folders = Mutex<Set<FilePath>>([])

  public init() {}

  /// Asks the work to stop; it does within some thousand records.
  public func cancel() { flag.store(true, ordering: .relaxed) }

  public var isCancelled: Bool { flag.load(ordering: .relaxed) }

  /// Removes the temporary folders of work that did not stop in time. The process must end right
  /// after.
  public func removeTemporaryFolders() {
    for folder in folders.withLock({ $0 }) { UnfinishedFolder.remove(folder) }
  }

  func register(temporaryFolder: FilePath) {
    folders.withLock { _ = $0.insert(temporaryFolder) }
  }

  func forget(temporaryFolder: FilePath) {
    folders.withLock { _ = $0.remove(temporaryFolder) }
  }

  /// Throws `.cancelled` when cancelled.
  package func check(
    _ message: String = "interrupted; nothing was kept"
  ) throws(CaptureError) {
    if isCancelled { throw CaptureError(.cancelled, message) }
  }
}
