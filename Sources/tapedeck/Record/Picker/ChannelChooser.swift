internal import CaptureLog
internal import DiscordGateway
internal import DiscordREST
internal import Glibc
internal import JSONValues

/// Lists the voice channels with who is in them, and lets one be chosen.
struct ChannelChooser: Sendable {
  private enum Input: Sendable {
    case key(Key)
    case changed
  }

  let resolver: TargetResolver
  let gateway: GatewayClient
  /// As typed; nil: all guilds of the bot.
  let guild: String?

  /// - Returns: nil when none is wanted after all.
  /// - Throws: 66 where the bot is in no guild.
  func choose(isLive: Bool) async throws -> VoicePlaces.Channel? {
    let guilds =
      try await guild == nil
      ? TargetResolver.candidates(resolver.guilds()) : [resolver.guild(guild)]
    guard !guilds.isEmpty else { throw TargetResolver.inNoGuild(resolver.client) }
    var all: [(guild: Candidate, channels: [JSONValue])] = []
    for guild in guilds { all.append((guild, try await resolver.channels(of: guild.id))) }
    let known = all
    await waitForOccupants(guilds)
    let places: @Sendable () -> VoicePlaces = { [gateway] in
      VoicePlaces(guilds: known, occupants: gateway.voiceStates)
    }
    return isLive ? try await choose(places) : try ask(places())
  }

  /// Who is in voice comes guild by guild after READY.
  private func waitForOccupants(_ guilds: [Candidate]) async {
    for _ in 0..<20 {
      let isKnown = guilds.allSatisfy { guild in
        ID<Guild>(guild.id).map { gateway.voiceStates.isKnown($0) } ?? true
      }
      if isKnown { return }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  private func choose(
    _ places: @escaping @Sendable () -> VoicePlaces
  ) async throws -> VoicePlaces.Channel? {
    let (inputs, input) = AsyncStream<Input>.makeStream()
    try RawTerminal.enter()
    let keys = try KeyReader { input.yield(.key($0)) }
    let events = gateway.events
    let watch = Task {
      for await _ in events { input.yield(.changed) }
    }
    var painter = ScreenPainter()
    defer {
      watch.cancel()
      keys.stop()
      RawTerminal.restore()
    }
    var picker = ChannelPicker(places())
    Self.draw(picker, &painter)
    for await input in inputs {
      switch input {
      case .changed: picker.update(places())
      case .key(let key):
        guard let action = picker.handle(key) else { break }
        Terminal.show(painter.end(clearing: true))
        if case .record(let channel) = action { return channel }
        return nil
      }
      Self.draw(picker, &painter)
    }
    Terminal.show(painter.end(clearing: true))
    throw CancellationError()
  }

  private static func draw(_ picker: ChannelPicker, _ painter: inout ScreenPainter) {
    let (width, height) = (Terminal.width(STDERR_FILENO), Terminal.height(STDERR_FILENO))
    let lines = PickerView(width: width, height: height).lines(picker)
    Terminal.show(painter.frame(lines, width: width, height: height))
  }

  /// A list with numbers, and a question, for terminals that only show lines.
  private func ask(_ places: VoicePlaces) throws -> VoicePlaces.Channel? {
    guard !places.channels.isEmpty else {
      throw CommandFailure(.noInput, "there is no voice channel that the bot can see")
    }
    for line in PickerView.numbered(places) { Tapedeck.writeError(line) }
    while true {
      Terminal.show("Record which channel (number; nothing to leave): ")
      guard let answer = readLine(), !answer.trimmed.isEmpty else { return nil }
      if let channel = PickerView.choice(answer, in: places) { return channel }
      Tapedeck.writeError("there is no channel \(Terminal.escaped(answer))")
    }
  }
}
