internal import ArgumentParser
internal import CaptureLog
// `stdout` is a variable for C; nobody changes it.
@preconcurrency internal import Glibc
internal import JSONValues
internal import SystemPackage

/// The command line. Every way out goes through ``ExitStatus``, so that the argument parser's own
/// default of 1 is never used.
@main
struct Tapedeck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tapedeck",
    abstract: "Records Discord voice channels and prepares them for speech-to-text.",
    version: "tapedeck \(toolVersion)",
    subcommands: [
      RecordCommand.self,
      RenderCommand.self,
      InspectCommand.self,
      VerifyCommand.self,
      RecoverCommand.self,
      ImportCommand.self,
      ExportCommand.self,
      SimulateCommand.self,
      DemoCommand.self,
      SchemaCommand.self,
      KeysCommand.self,
      SetupCommand.self,
      DoctorCommand.self,
      DiscordCommand.self,
    ])

  static func main() {
    // A closed pipe is an error of that write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    // So is a file size limit of the shell or of a batch system.
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot()
      if let command = command as? any AsyncParsableCommand {
        try AsyncRun.run(command)
      } else {
        try command.run()
      }
      try flush()
    } catch {
      Glibc.exit(report(error).rawValue)
    }
  }

  /// What was printed must have got there, unless its reader has read enough (`| head`).
  private static func flush() throws(CommandFailure) {
    let isFlushed = fflush(nil) == 0
    // Earlier writes may have failed as well.
    guard let output = stdout, !isFlushed || ferror(output) != 0 else { return }
    var end = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
    let hasReader = poll(&end, 1, 0) < 0 || end.revents & Int16(POLLERR) == 0
    if hasReader { throw CommandFailure(.tempFail, "cannot write the output: is the disk full?") }
  }

  /// Tells people what went wrong on stderr (help and version on stdout) and gives the exit status.
  private static func report(_ error: any Error) -> ExitStatus {
    if let failure = CommandFailure(error) {
      tell(failure)
      return failure.status
    }
    let code = exitCode(for: error)
    let message = fullMessage(for: error)
    if code.isSuccess {
      if !message.isEmpty { print(message) }
      return .done
    }
    if wantsJSONErrors {
      tell(CommandFailure(.usage, message, label: "usage"))
    } else {
      writeError(message)
    }
    return .usage
  }

  private static func tell(_ failure: CommandFailure) {
    // A command whose output says all, such as doctor's, only gives the exit code.
    guard !failure.message.isEmpty else { return }
    if wantsJSONErrors {
      writeError(failure.json.text())
    } else {
      writeError("tapedeck: \(failure.message)")
      if let hint = failure.hint { writeError("  \(hint)") }
    }
  }

  /// The commands that talk to Discord tell programs about errors as well, also of arguments that
  /// could not be parsed: hence not from the parsed command.
  private static var wantsJSONErrors: Bool {
    let arguments = CommandLine.arguments.dropFirst()
    return ["discord", "doctor", "setup"].contains(arguments.first) && arguments.contains("--json")
  }

  static func writeError(_ line: String) { Terminal.show(line + "\n") }
}
