internal import ArgumentParser
internal import SystemPackage

/// `tapedeck doctor`: what stands in the way of recording.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the token, permissions and this machine, and say how to mend what is amiss.",
    discussion: """
      Exits 0 when nothing failed (warnings are no failures), else with the code of the worst \
      finding: 78 configuration, 77 not permitted, 66 something is missing, 75 try again. Nothing \
      is changed, and nothing is sent to the channel. With --live the bot joins the channel, asks \
      you to do some things there, and writes down what Discord did: no ids, names, tokens or \
      addresses, and nothing that was said.
      """)

  @Option(
    help: ArgumentHelp("A channel to be recorded: id, name or URL.", valueName: "channel"))
  var channel: String?

  @OptionGroup var place: GuildOption

  @Option(
    help: ArgumentHelp("Where captures are to be written.", valueName: "dir"))
  var captures: String?

  @Flag(help: "Walk through what only a call shows, with your help; needs --channel.")
  var live = false

  @Option(
    help: ArgumentHelp("Where --live writes its report; it must be new.", valueName: "file"))
  var report = "live-report.json"

  @Option(
    help: ArgumentHelp("How long --live stays in the channel at the end.", valueName: "time"))
  var stay: TimeLength?

  @Flag(help: "Print the table of what goes wrong in the first hour, and do nothing else.")
  var failures = false

  @OptionGroup var discord: DiscordOptions

  func validate() throws {
    if live, channel == nil { throw ValidationError("--live needs a --channel.") }
  }

  func run() async throws {
    if live, let channel {
      let doctor = LiveDoctor(
        options: discord, channel: channel, guild: place.guild,
        captures: try CaptureFolders.captures(captures), report: FilePath(report),
        stay: stay.map { Double($0.nanoseconds) / 1e9 } ?? 20 * 60)
      try await DiscordSession.with(discord) { try await doctor.run($0) }
      return
    }
    if failures {
      print(FirstHourFailure.markdown, terminator: "")
      return
    }
    var findings: [Finding] = []
    let base = try APIBase(discord.apiBase)
    do {
      findings = try await DiscordSession.with(discord) { try await serviceFindings($0) }
    } catch {
      findings = [try ServiceChecks.finding("token", error, base)]
    }
    findings += machine(base).findings
    let output = DiscordOutput(isJSON: discord.json)
    output.result(findings.json, findings.lines)
    if findings.status != .done { throw CommandFailure(findings.status, "") }
  }

  func serviceFindings(_ session: DiscordSession) async throws -> [Finding] {
    var findings = try await ServiceChecks(session: session).findings()
    let isKnown = findings.first?.state == .ok
    if isKnown, channel != nil || place.guild != nil {
      findings += try await ChannelChecks(session: session)
        .findings(channel: channel, guild: place.guild)
    }
    return findings
  }

  private func machine(_ base: APIBase) -> MachineChecks {
    MachineChecks(
      captures: captures.map { FilePath($0) } ?? MachineChecks.standardFolder(),
      isLoopback: base.isLoopback)
  }

  /// What `setup` ends with.
  static func findings(_ session: DiscordSession) async throws -> [Finding] {
    let machine = MachineChecks(
      captures: MachineChecks.standardFolder(), isLoopback: session.base.isLoopback)
    return try await ServiceChecks(session: session).findings() + machine.findings
  }
}
