internal import SystemPackage
internal import Synchronization

/// Stops a render from another thread, such as one that waits for signals.
///
/// ```swift
/// let cancellation = RenderCancellation()
/// // On SIGTERM: the render removes what it wrote and throws RenderError of code tryAgain.
/// cancellation.cancel()
/// ```
public final class RenderCancellation: Sendable {
  private let flag = Atomic<Bool>(false)
  private let folders = Mutex<Set<String>>([])
  private let parent: RenderCancellation?

  public init() { parent = nil }

  /// One that is cancelled with its parent, or alone.
  init(parent: RenderCancellation) { self.parent = parent }

  /// Asks the render to stop; it does within a packet or a block of samples.
  public func cancel() { flag.store(true, ordering: .relaxed) }

  public var isCancelled: Bool {
    flag.load(ordering: .relaxed) || (parent?.isCancelled ?? false)
  }

  /// Removes the temporary folders of renders that did not stop in time. The process must end
  /// right after.
  public func removeTemporaryFolders() {
    for folder in folders.withLock({ $0 }) { FileSystem.removeFolder(FilePath(folder)) }
  }

  func register(temporaryFolder: String) {
    folders.withLock { _ = $0.insert(temporaryFolder) }
  }

  func forget(temporaryFolder: String) {
    folders.withLock { _ = $0.remove(temporaryFolder) }
  }

  package static let error = RenderError(.tryAgain, "interrupted; nothing was kept")
}
