internal import ArgumentParser
internal import CaptureLog
internal import Glibc
internal import SystemPackage
internal import VoiceCrypto

/// The passphrase of an exported key: from a file, or typed at a terminal; never an argument.
struct PassphraseOptions: ParsableArguments {
  private static let longest = 1024

  @Option(
    help: ArgumentHelp(
      "Read the passphrase from the first line of a file that nobody else can read.",
      valueName: "file"))
  var passphraseFile: String?

  /// - Parameter isNew: it is asked for twice.
  func read(isNew: Bool) throws -> SecretBytes {
    let passphrase =
      try passphraseFile.map { try Self.fromFile(FilePath($0)) }
      ?? Self.fromTerminal(isNew: isNew)
    guard passphrase.count > 0 else { throw CommandFailure(.usage, "the passphrase is empty") }
    return passphrase
  }

  private static func fromFile(_ path: FilePath) throws -> SecretBytes {
    let text = try RegularFile.read(path, limit: longest)
    guard RegularFile.isReadableByOthers(path) == false else {
      throw CommandFailure(
        .notPermitted, "others can read \(path); make it yours alone: chmod 600 \(path)")
    }
    return firstLine(text)
  }

  private static func firstLine(_ text: consuming [UInt8]) -> SecretBytes {
    SecretBytes(wiping: text).withSpan { text in
      var end = 0
      while end < text.count, text[end] != 0x0A, text[end] != 0x0D { end += 1 }
      return SecretBytes(text.extracting(0..<end))
    }
  }

  private static func fromTerminal(isNew: Bool) throws -> SecretBytes {
    let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0, isatty(STDIN_FILENO) == 1 else {
      if descriptor >= 0 { close(descriptor) }
      throw CommandFailure(
        .usage, "there is no terminal to ask for the passphrase; use --passphrase-file")
    }
    defer { close(descriptor) }
    let first = try ask("Passphrase: ", descriptor)
    guard isNew else { return first }
    let second = try ask("The same again: ", descriptor)
    let isSame = first.withSpan { a in second.withSpan { b in constantTimeEqual(a, b) } }
    guard isSame else { throw CommandFailure(.usage, "the two passphrases differ") }
    return first
  }

  private static func ask(_ prompt: String, _ descriptor: Int32) throws -> SecretBytes {
    let terminal = FileDescriptor(rawValue: descriptor)
    var settings = termios()
    guard tcgetattr(descriptor, &settings) == 0 else {
      throw CommandFailure(.tempFail, "cannot turn off the terminal's echo")
    }
    var silent = settings
    silent.c_lflag &= ~tcflag_t(ECHO)
    guard tcsetattr(descriptor, TCSAFLUSH, &silent) == 0 else {
      throw CommandFailure(.tempFail, "cannot turn off the terminal's echo")
    }
    defer {
      tcsetattr(descriptor, TCSAFLUSH, &settings)
      _ = try? terminal.writeAll("\n".utf8)
    }
    // Not before: what is typed at once must not be shown either.
    try terminal.writeAll(prompt.utf8)
    return try readLine(descriptor)
  }

  /// Reads one line. Ctrl-C must not end the process while the echo is off: it interrupts the
  /// read, and takes effect when the settings are back.
  private static func readLine(_ descriptor: Int32) throws -> SecretBytes {
    var interrupting = sigaction()
    interrupting.__sigaction_handler = .init(sa_handler: { _ in })
    var previous = sigaction()
    sigaction(SIGINT, &interrupting, &previous)
    defer { sigaction(SIGINT, &previous, nil) }
    var line = [UInt8](repeating: 0, count: longest)
    let count = line.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
    guard count >= 0 else { throw CommandFailure(.tempFail, "interrupted") }
    line.removeLast(line.count - count)
    return firstLine(line)
  }
}
