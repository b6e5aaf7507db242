internal import Glibc
internal import Synchronization

/// The terminal without line editing and echo, so that single keys can be read.
///
/// Ctrl-C goes on to raise SIGINT; Ctrl-Z does nothing, since a recording cannot stand still. The
/// settings come back by ``restore()``, when the process exits, and when a signal kills it.
enum RawTerminal {
  /// What the handlers read.
  // Written once, before the handlers are there, and only read afterwards: hence the Sendable.
  private struct Saved: @unchecked Sendable {
    let settings: UnsafeMutablePointer<termios>
    let isKnown: Bool

    init() {
      settings = .allocate(capacity: 1)
      settings.initialize(to: termios())
      isKnown = tcgetattr(STDIN_FILENO, settings) == 0
    }
  }

  /// The settings that the program was started with.
  private static let saved = Saved()
  private static let isRaw = Atomic(false)
  /// Of bugs, and of terminals that go away.
  private static let deadly = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGQUIT]
  private static let armed: Bool = {
    atexit { RawTerminal.restore() }
    for number in deadly {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        // Only system calls: whatever the process was in the middle of, it still is.
        RawTerminal.restore()
        signal(number, SIG_DFL)
        raise(number)
      }
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_NODEFER
      sigaction(number, &action, nil)
    }
    return true
  }()

  /// Takes standard input raw.
  ///
  /// - Throws: ``CommandFailure``, 75, if the terminal does not let itself be set.
  static func enter() throws(CommandFailure) {
    guard saved.isKnown, armed else {
      throw CommandFailure(.tempFail, "cannot read the terminal's settings")
    }
    var raw = saved.settings.pointee
    raw.c_lflag &= ~tcflag_t(ECHO | ICANON | IEXTEN)
    raw.c_iflag &= ~tcflag_t(IXON)
    withUnsafeMutableBytes(of: &raw.c_cc) { characters in
      characters[Int(VMIN)] = 1
      characters[Int(VTIME)] = 0
      characters[Int(VSUSP)] = 0
    }
    isRaw.store(true, ordering: .sequentiallyConsistent)
    guard tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0 else {
      throw CommandFailure(.tempFail, "cannot read single keys of the terminal")
    }
  }

  /// Gives the terminal back as it was, with its cursor. Any number of times.
  static func restore() {
    guard isRaw.exchange(false, ordering: .sequentiallyConsistent) else { return }
    tcsetattr(STDIN_FILENO, TCSANOW, saved.settings)
    // A terminal that takes nothing holds up no end.
    var terminal = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    guard poll(&terminal, 1, 0) > 0 else { return }
    let cursor: StaticString = "\u{1B}[?25h"
    _ = write(STDERR_FILENO, cursor.utf8Start, cursor.utf8CodeUnitCount)
  }
}
