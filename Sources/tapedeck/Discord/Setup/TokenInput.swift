internal import Glibc
internal import SystemPackage

/// Reads the bot's token: typed or pasted at the terminal without echo, or from a pipe.
enum TokenInput {
  private static let longest = 4096

  /// - Throws: 64 without anything to read, 75 when interrupted.
  static func read() throws -> String {
    guard isatty(STDIN_FILENO) == 1 else {
      return try firstLine(FileDescriptor.standardInput)
    }
    let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else {
      throw CommandFailure(.usage, "there is no terminal to ask for the token; pipe it in")
    }
    let terminal = FileDescriptor(rawValue: descriptor)
    defer { try? terminal.close() }
    return try withoutEcho(descriptor) {
      // Not before: what is pasted at once must not be shown either.
      try terminal.writeAll("The bot's token (it is not shown): ".utf8)
      return try firstLine(terminal)
    }
  }

  /// The settings come back also when the program is interrupted: SIGINT is blocked in all threads
  /// and only cancels the command, so the read below polls for that.
  private static func withoutEcho<T>(_ descriptor: Int32, _ body: () throws -> T) throws -> T {
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
      _ = try? FileDescriptor(rawValue: descriptor).writeAll("\n".utf8)
    }
    return try body()
  }

  private static func firstLine(_ file: FileDescriptor) throws -> String {
    var line: [UInt8] = []
    while line.count < longest {
      var wait = pollfd(fd: file.rawValue, events: Int16(POLLIN), revents: 0)
      let ready = poll(&wait, 1, 200)
      try Task.checkCancellation()
      if ready == 0 || (ready < 0 && errno == EINTR) { continue }
      var byte: UInt8 = 0
      let count = Glibc.read(file.rawValue, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count > 0, byte != 0x0A else { break }
      line.append(byte)
    }
    return String(decoding: line, as: UTF8.self)
  }
}
