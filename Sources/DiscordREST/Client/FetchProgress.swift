internal import Synchronization

/// Whether a file has begun to arrive.
final class FetchProgress: Sendable {
  private let state = Mutex(false)
  var hasBegun: Bool { state.withLock { $0 } }
  func begin() { state.withLock { $0 = true } }
}
