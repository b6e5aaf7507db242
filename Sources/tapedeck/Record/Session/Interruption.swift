internal import Glibc
internal import Synchronization

/// How a command that runs takes SIGINT, SIGTERM and SIGHUP: the first cancels its task, a second
/// SIGINT or SIGTERM ends the process at once.
///
/// SIGHUP asks once only: a terminal that goes away sends it several times over (kernel, shell, session
/// manager), and then perhaps SIGTERM, which is a first one.
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

  /// Whether whoever started the process wants it to outlive its terminal (`nohup`).
  static let ignoresHangUps: Bool = {
    var action = sigaction()
    guard sigaction(SIGHUP, nil, &action) == 0 else { return false }
    let ignore: __sighandler_t? = SIG_IGN
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: UInt.self)
      == unsafeBitCast(ignore, to: UInt.self)
  }()

  /// Waits until the process is asked again to end, at most as long as there is patience.
  ///
  /// - Parameter first: The signal that cancelled the task.
  func wait(_ signals: sigset_t, after first: Int32) {
    let start = ContinuousClock.now
    var asked = first == SIGHUP ? 0 : 1
    while asked < 2 {
      let left = patience.map { $0 - start.duration(to: .now) }
      guard let signal = Self.next(signals, within: left) else { return }
      if signal != SIGHUP { asked += 1 }
    }
  }

  /// The next signal; nil when there was none for so long.
  private static func next(_ signals: sigset_t, within limit: Duration?) -> Int32? {
    var signals = signals
    guard let limit else {
      var signal: Int32 = 0
      while sigwait(&signals, &signal) != 0 {}
      return signal
    }
    let (seconds, attoseconds) = max(limit, .zero).components
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    var signal = sigtimedwait(&signals, nil, &time)
    while signal < 0, errno == EINTR { signal = sigtimedwait(&signals, nil, &time) }
    return signal > 0 ? signal : nil
  }
}
