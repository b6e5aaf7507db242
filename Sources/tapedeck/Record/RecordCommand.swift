internal import ArgumentParser
internal import CaptureLog
internal import JSONValues
internal import SystemPackage

/// `tapedeck record`.
struct RecordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Join a voice channel and log every packet of it, encrypted, until told to stop.",
    discussion: """
      Everybody in the channel must know and agree: the bot says so in the channel's chat and in its \
      nickname, unless --no-notice. Without --channel and --resume, on a terminal, the channels are listed with \
      who is in them. While it records: m marks the moment, s or Ctrl-C stops.

      Exit codes: 0 stopped as told, by a signal, a rule, or by who disconnected the bot; 64 wrong \
      arguments; 65 no voice channel; 66 no such channel, or no key to seal to (tapedeck keys new); \
      69 the channel is full, this bot records in the guild already, or Discord does not take our \
      end-to-end encryption; 75 try again (network, disk); 77 not permitted to join, or to post the \
      notice; 78 no token.
      """)

  @OptionGroup var place: GuildOption

  @Option(
    help: ArgumentHelp("The voice or stage channel: id, name or URL.", valueName: "channel"))
  var channel: String?

  @Option(
    help: ArgumentHelp(
      "Where captures are put (default: tapedeck/captures in $XDG_DATA_HOME, else ~/.local/share).",
      valueName: "dir"))
  var captures: String?

  @Option(
    name: .customLong("recipient"),
    help: ArgumentHelp(
      "A public key to seal to; may be repeated. Default: all in the key folder.",
      valueName: "file"))
  var recipients: [String] = []

  @Option(
    help: ArgumentHelp(
      "Go on with a capture after a crash or reboot, in its channel unless --channel names another.",
      valueName: "capture"))
  var resume: String?

  @OptionGroup(title: "When it stops") var stopping: StopArguments
  @OptionGroup(title: "Consent") var consent: ConsentArguments

  @Option(
    help: ArgumentHelp(
      "Who is told when the recording is in danger: channel:ID, dm:ID, webhook:URL, "
        + "command:PROGRAM; may be repeated.", valueName: "target"))
  var alert: [AlertArgument] = []

  @Option(
    help: ArgumentHelp("Serve metrics for Prometheus at this address.", valueName: "127.0.0.1:port")
  )
  var metrics: String?

  @Flag(help: "Render the capture when it has stopped, with the private keys of this host.")
  var render = false

  @Option(
    help: ArgumentHelp(
      "Where renders are put (default: renders, beside the captures' folder).", valueName: "dir"))
  var renders: String?

  @Option(
    help: ArgumentHelp(
      "Only try for so long, as 15s, say of everybody whether they are heard, and keep nothing.",
      valueName: "time"))
  var check: TimeLength?

  @Option(
    help: ArgumentHelp("Status as one JSON object a line on standard output.", valueName: "json"))
  var status: StatusFormat?

  @OptionGroup(title: "Discord") var discord: DiscordOptions

  func validate() throws {
    if discord.json { throw ValidationError("record has --status json in place of --json.") }
    if renders != nil, !render { throw ValidationError("--renders goes with --render.") }
    if check != nil, render || resume != nil {
      throw ValidationError("--check keeps nothing: it goes without --render and --resume.")
    }
    for (name, value) in [("captures", captures), ("resume", resume), ("renders", renders)]
    where value?.isEmpty == true {
      throw ValidationError("--\(name) must name a folder.")
    }
  }

  func run() async throws {
    let reporter = StatusReporter(format: status)
    do { try Output.detach() } catch { throw CommandFailure(.tempFail, "\(error)") }
    defer { Output.attach(atMost: .seconds(1)) }
    do {
      try await RecordRun(command: self, reporter: reporter).run()
    } catch {
      // The status lines end with an exit code whatever happens.
      let failure =
        error is CancellationError
        ? CommandFailure(.tempFail, "interrupted") : CommandFailure(error)
      if let failure, failure.label != Self.reported {
        reporter.report(
          .error,
          [
            "message": .string(failure.message), "kind": failure.label.map { .string($0) } ?? .null,
            "exit": .integer(Int64(failure.status.rawValue)),
          ])
      }
      throw error
    }
  }

  /// Of failures that the status lines have told already.
  static let reported = "reported"
}
