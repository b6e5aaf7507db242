internal import ArgumentParser
internal import DiscordREST
internal import Glibc
internal import JSONValues
internal import SystemPackage

/// `tapedeck setup`: from a new bot to one that is ready to record.
struct SetupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "setup",
    abstract: "Store a bot's token, invite the bot, and check that all is well.",
    discussion: """
      Asks for the token without showing it (or reads it from a pipe), has Discord confirm it, and \
      stores it in $XDG_CONFIG_HOME/tapedeck/discord-token, else ~/.config/tapedeck/discord-token, \
      readable by you alone. Then it prints the link that invites the bot, waits until the bot is \
      in a guild (Ctrl-C ends the wait), lists the voice channels and runs doctor. With --json, a \
      wait is told by {"waiting":{"invite"}} on standard error.
      """)

  @Flag(inversion: .prefixedNo, help: "Wait until the bot is in a guild.")
  var wait = true

  @OptionGroup var discord: DiscordOptions

  func validate() throws {
    guard discord.tokenFile == nil else {
      throw ValidationError("setup asks for the token; pipe it in: tapedeck setup < FILE")
    }
  }

  func run() async throws {
    ProcessSecrets.seal()
    _ = try APIBase(discord.apiBase)
    let output = DiscordOutput(isJSON: discord.json)
    let pasted = try TokenInput.read()
    let token = try TokenSource.Token(pasted, origin: "what was typed")
    if TokenForm(pasted) == .token(hasPrefix: true) {
      output.note(FirstHourFailure.tokenWithPrefix.filled([:]).sentence)
    }
    try await DiscordSession.with(discord, token: token) { session in
      try await setUp(session, output)
    }
  }

  private func setUp(_ session: DiscordSession, _ output: DiscordOutput) async throws {
    let application = try Application(
      json: try await session.client.request(.get, "/applications/@me"), client: session.client)
    let store = TokenStore.standard()
    if let old = store.stored().flatMap(TokenForm.applicationID),
      let new = TokenForm.applicationID(of: session.token.text), old != new
    {
      let (sentence, remedy) = FirstHourFailure.tokenOfAnotherApplication.filled([
        "old": old, "new": new,
      ])
      output.note("\(sentence); \(remedy)")
    }
    try store.store(session.token.text)
    let name = Terminal.escaped(application.bot?.username ?? application.name)
    output.note("The token is that of the bot \(name). It is now in \(store.path).")
    let invite = application.inviteURL(permissions: Invitation.permissions)
    if !discord.json {
      print("Invite the bot as somebody who may manage the server:\n\n  \(invite)\n")
      // Behind a pipe it would come only after the wait that it is needed for.
      fflush(nil)
    }
    let guilds = try await joined(session, invite, output)
    let channels = try await voiceChannels(session, guilds, output)
    let findings = try await DoctorCommand.findings(session)
    output.result(
      [
        "application": application.json, "invite": .string(invite),
        "token_file": .string(store.path.string), "guilds": .array(guilds),
        "voice_channels": .array(channels), "doctor": findings.json,
      ], findings.lines)
    if findings.status != .done { throw CommandFailure(findings.status, "") }
  }

  /// The bot's guilds; waits for the first.
  private func joined(
    _ session: DiscordSession, _ invite: String, _ output: DiscordOutput
  ) async throws -> [JSONValue] {
    var guilds = try await session.resolver.guilds()
    guard guilds.isEmpty, wait else { return guilds }
    output.note("Waiting until the bot is in a server; Ctrl-C ends the wait …")
    if output.isJSON {
      let waiting: JSONValue = ["waiting": ["invite": .string(invite)]]
      Tapedeck.writeError(waiting.text())
    }
    do {
      while guilds.isEmpty {
        try await session.client.clock.sleep(for: .seconds(3))
        guilds = try await session.resolver.guilds()
      }
    } catch is CancellationError {
      output.note("The token is stored; `tapedeck doctor` tells later how things are.")
      throw CommandFailure(.done, "")
    }
    return guilds
  }

  private func voiceChannels(
    _ session: DiscordSession, _ guilds: [JSONValue], _ output: DiscordOutput
  ) async throws -> [JSONValue] {
    var found: [JSONValue] = []
    for guild in TargetResolver.candidates(guilds) {
      let voice = try await session.resolver.channels(of: guild.id)
        .filter { ChannelKind.voice.contains($0["type"]?.integer ?? -1) }
      found += voice
      guard !discord.json else { continue }
      print("Voice channels of \(Terminal.escaped(guild.name)) (\(guild.id)):")
      for channel in TargetResolver.candidates(voice) { print("  \(channel.shown)") }
      print("")
    }
    return found
  }
}
