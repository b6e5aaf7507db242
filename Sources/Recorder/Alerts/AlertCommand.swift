internal import Glibc

/// Runs an operator's program for an alert, without a shell.
enum AlertCommand {
  /// How long it may run before it is killed.
  static let limit: Duration = .seconds(10)

  /// - Throws: ``RecorderError`` when it cannot be started, ends with another status than 0, or takes
  ///   too long.
  static func run(
    _ program: String, _ arguments: [String], input: [UInt8], clock: any Clock<Duration>
  ) async throws {
    var descriptors: [Int32] = [-1, -1]
    // A pipe of sockets, which can be closed to other programs from the beginning.
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &descriptors) == 0 else {
      throw RecorderError(.temporary, "no pipe for the alert's program")
    }
    // The alert fits into the buffer, so writing never waits.
    let isWritten = write(descriptors[1], input, input.count) == input.count
    close(descriptors[1])
    defer { close(descriptors[0]) }
    guard isWritten else {
      throw RecorderError(.temporary, "the alert's program cannot be told")
    }
    let process = try spawn(program, arguments, input: descriptors[0])
    // Asked again and again: a signal handler for children would be the whole process' affair.
    for _ in 0..<Int(limit / .milliseconds(50)) {
      if let status = try reap(process) {
        guard status == 0 else {
          throw RecorderError(.temporary, "the alert's program ended with status \(status)")
        }
        return
      }
      do { try await clock.sleep(for: .milliseconds(50)) } catch { break }
    }
    kill(process, SIGKILL)
    var status: Int32 = 0
    waitpid(process, &status, 0)
    throw RecorderError(.temporary, "the alert's program took too long and was killed")
  }

  private static func spawn(
    _ program: String, _ arguments: [String], input: Int32
  ) throws(RecorderError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    // Its words would disturb the status lines.
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    // Signals that we block or ignore are none of its business.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGPIPE, SIGXFSZ] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
    argv.append(nil)
    defer { for argument in argv { free(argument) } }
    var process = pid_t()
    // Our own environment can hold the bot's token.
    var environment: [UnsafeMutablePointer<CChar>?] = []
    for name in ["PATH", "HOME", "LANG", "TZ"] {
      guard let value = getenv(name) else { continue }
      environment.append(strdup("\(name)=\(String(cString: value))"))
    }
    environment.append(nil)
    defer { for variable in environment { free(variable) } }
    let result = posix_spawnp(
      &process, program, &actions, &attributes, argv, environment)
    guard result == 0 else {
      throw RecorderError(
        .notFound, "the alert's program \(program) cannot be run, error \(result)")
    }
    return process
  }

  private static func reap(_ process: pid_t) throws(RecorderError) -> Int32? {
    var status: Int32 = 0
    let result = waitpid(process, &status, WNOHANG)
    if result == 0 { return nil }
    guard result == process else {
      throw RecorderError(.temporary, "the alert's program was lost sight of")
    }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }
}
