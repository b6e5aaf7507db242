internal import Glibc
internal import Synchronization

/// How a command that runs takes SIGINT and SIGTERM: the first cancels its task, the second ends the
/// process at once.
final class Interruption: Sendable {
  /// That of the command that runs.
  @TaskLocal static var current: Interruption?

  private struct State {
    /// Most of the time that batch systems leave between SIGTERM and SIGKILL.
    var patience: Duration? = .seconds(8)
    var lastWords: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  /// How long the command may take after the first signal; nil: as long as it takes.
  var patience: Duration? {
    get { state.withLock { $0.patience } }
    set { state.withLock { $0.patience = newValue } }
  }

  /// Done before the process ends without the command's doing.
  func setLastWords(_ body: (@Sendable () -> Void)?) { state.withLock { $0.lastWords = body } }

  func sayLastWords() {
    RawTerminal.restore()
    state.withLock { $0.lastWords }?()
  }

  /// Waits for the next signal, at most as long as there is patience.
  func wait(_ signals: sigset_t) {
    var signals = signals
    var signal: Int32 = 0
    guard let patience else {
      while sigwait(&signals, &signal) != 0 {}
      return
    }
    var time = timespec(tv_sec: Int(patience.components.seconds), tv_nsec: 0)
    while sigtimedwait(&signals, nil, &time) < 0, errno == EINTR {}
  }
}
