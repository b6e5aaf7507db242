internal import ArgumentParser
internal import CaptureLog
internal import DiscordGateway
internal import DiscordREST
internal import Glibc
internal import JSONValues
internal import Recorder
internal import SystemPackage
internal import Threads

/// One run of `tapedeck record`, from the arguments to the exit code.
struct RecordRun: Sendable {
  let command: RecordCommand
  let reporter: StatusReporter

  /// Whether single keys can be read and frames be drawn.
  private var isLive: Bool {
    command.discord.logLevel == nil && Terminal.isTerminal(STDERR_FILENO)
      && Terminal.isTerminal(STDIN_FILENO)
  }

  func run() async throws {
    // The token first: it leaves the environment before anything else is done.
    let token = try TokenSource.load(file: command.discord.tokenFile)
    let recipients = try recipients()
    let rules = try command.stopping.rules(now: Int64(time(nil)))
    let captures = try CaptureFolders.captures(command.captures)
    try await DiscordSession.with(command.discord, token: token) { session in
      try await run(session, captures, recipients, rules)
    }
  }

  private func run(
    _ session: DiscordSession, _ captures: FilePath, _ recipients: [OperatorPublicKey],
    _ rules: StopRules
  ) async throws {
    // What is named wrongly shows before anything is joined.
    var place: RecordPlace?
    if let channel = command.channel {
      place = try await RecordPlace(channel, guild: command.place.guild, session.resolver)
    } else if let capture = command.resume {
      let before = try CaptureSession.read(FilePath(capture))
      place = try await RecordPlace(
        before.channelID, guild: command.place.guild ?? before.guildID, session.resolver)
    } else if !Terminal.isTerminal(STDIN_FILENO) && isatty(STDIN_FILENO) != 1 {
      throw CommandFailure(
        .usage, "--channel is missing", hint: "on a terminal the channels would be listed")
    }
    var excluded: Set<ID<User>> = []
    for user in command.consent.exclude {
      let guild = place.map { $0.guild.description } ?? command.place.guild
      excluded.insert(try await session.resolver.user(user, guild: guild))
    }
    let logger = DiscordSession.logger(command.discord, session.token)
    var configuration = GatewayConfiguration(intents: .recording)
    configuration.trustRootsFile = try DiscordSession.trustRoots(command.discord)
    let gateway = GatewayClient(
      client: session.client, configuration: configuration, logger: logger)
    do {
      try await gateway.start()
      guard let place = try await choose(place, session, gateway) else {
        await gateway.stop()
        reporter.report(.done, ["end_reason": "left", "exit": 0])
        return
      }
      var options = options(place, captures, recipients, rules)
      options.excluded = excluded
      let recorder = Recorder(client: session.client, gateway: gateway, logger: logger)
      let occupants = {
        gateway.voiceStates.participants(in: place.channel).count
      }
      do {
        if let length = command.check {
          try await PreflightCheck(
            recorder: recorder, options: options, length: length, reporter: reporter
          ).run()
        } else {
          try await record(recorder, options, place, gateway)
        }
      } catch {
        throw place.failure(error, occupants: occupants()) ?? error
      }
      await gateway.stop()
    } catch {
      await gateway.stop()
      throw error
    }
  }

  /// - Throws: 66 without any.
  private func recipients() throws -> [OperatorPublicKey] {
    guard command.recipients.isEmpty else {
      return try command.recipients.map { try OperatorKeyStore.loadPublic(FilePath($0)) }
    }
    let store = OperatorKeyStore.standard()
    let keys = try store.publicKeys()
    guard !keys.isEmpty else {
      throw FirstHourFailure.noKey.failure(["folder": store.folder.string])
    }
    return keys
  }

  private func options(
    _ place: RecordPlace, _ captures: FilePath, _ recipients: [OperatorPublicKey],
    _ rules: StopRules
  ) -> RecordingOptions {
    var options = RecordingOptions(
      guild: place.guild, channel: place.channel, captures: captures, recipients: recipients,
      notice: command.consent.shownNotice)
    options.optOutFile = command.consent.optOut.map { FilePath($0) }
    options.stopRules = rules
    options.followsMoves = !command.stopping.noFollow
    options.alerts = command.alert.map(\.target)
    options.resume = command.resume.map { FilePath($0) }
    options.retention = command.consent.retention
    options.guildName = place.guildName
    options.channelName = place.channelName
    return options
  }

  /// The channel that was named, else one that is chosen now; nil: none.
  private func choose(
    _ place: RecordPlace?, _ session: DiscordSession, _ gateway: GatewayClient
  ) async throws -> RecordPlace? {
    if let place { return place }
    let chooser = ChannelChooser(
      resolver: session.resolver, gateway: gateway, guild: command.place.guild)
    return try await chooser.choose(isLive: isLive).map { try RecordPlace($0) }
  }

  private func record(
    _ recorder: Recorder, _ options: RecordingOptions, _ place: RecordPlace,
    _ gateway: GatewayClient
  ) async throws {
    let endpoint: MetricsEndpoint? =
      if let address = command.metrics {
        try await MetricsEndpoint.start(address: address, recorder: recorder)
      } else { nil }
    let end: RecordingEnd
    do {
      let recording = try await recorder.start(options)
      end = try await supervise(recording, place, metricsPort: endpoint?.port)
    } catch {
      await endpoint?.stop()
      throw error
    }
    await endpoint?.stop()
    await gateway.stop()
    try finish(end, options.captures)
  }

  /// Until it has ended. Signals end it; they do not cancel what its end takes.
  private func supervise(
    _ recording: Recording, _ place: RecordPlace, metricsPort: Int?
  ) async throws -> RecordingEnd {
    let capture = recording.folder.lastComponent?.string ?? ""
    var fields: [String: JSONValue] = [
      "folder": .string(recording.folder.string), "guild": .string(place.guild.description),
      "channel": .string(place.channel.description),
    ]
    fields["metrics_port"] = metricsPort.map { .integer(Int64($0)) }
    reporter.report(.start, capture: capture, fields)
    reporter.say("capture: \(recording.folder)")
    if let metricsPort { reporter.say("metrics: port \(metricsPort) of this machine, /metrics") }
    // The recorder has deadlines of its own, and rendering takes its time.
    Interruption.current?.patience = nil
    let (inputs, input) = AsyncStream<RecordSupervisor.Input>.makeStream()
    var keys: KeyReader?
    if isLive {
      try RawTerminal.enter()
      keys = try KeyReader { input.yield(.key($0)) }
    }
    let supervisor = RecordSupervisor(recording: recording, reporter: reporter, isLive: isLive)
    let task = Task { await supervisor.run(inputs, input) }
    let end = await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      // Whatever else is going on there.
      Task { await recording.stop(reason: "signal") }
      input.yield(.stop(reason: "signal"))
    }
    keys?.stop()
    RawTerminal.restore()
    return end
  }

  /// Tells how it ended, renders, and leaves with the exit code.
  private func finish(_ end: RecordingEnd, _ captures: FilePath) throws {
    let capture = end.capture.lastComponent?.string ?? ""
    var status = ExitStatus(rawValue: end.exitCode) ?? .software
    reporter.say("ended (\(end.reason.rawValue)): \(Terminal.escaped(end.message, limit: 400))")
    if let advice = Self.advice(end) { reporter.say("  " + advice) }
    let speakers = end.status.speakers.count { $0.packets > 0 }
    reporter.say(
      "\(ClockText.duration(end.status.elapsed / .seconds(1))), \(end.status.packets) packets of "
        + "\(speakers) speaker\(speakers == 1 ? "" : "s") -> \(end.capture)")
    if command.render { status = RenderBatch.worst(of: [status, try render(end, captures)]) }
    var fields = RecordReport.counts(end.status)
    fields["end_reason"] = .string(end.reason.rawValue)
    fields["message"] = .string(end.message)
    fields["folder"] = .string(end.capture.string)
    fields["complete"] = .bool(end.isComplete)
    fields["exit"] = .integer(Int64(status.rawValue))
    reporter.report(status == .done ? .done : .error, capture: capture, fields)
    if status != .done { throw CommandFailure(status, "", label: RecordCommand.reported) }
  }

  /// What to do about an end that nobody asked for.
  private static func advice(_ end: RecordingEnd) -> String? {
    let goOn = "go on in the same capture with: --resume \(end.capture)"
    return switch end.reason {
    case .diskFull: "make room, then " + goOn
    case .diskError: "look after the disk, then " + goOn
    case .gatewayStopped, .callEnded, .channelFull, .refused, .failed: goOn
    case .encryptionRequired: FirstHourFailure.encryptionRequired.failure().hint
    case .notPermitted: "give the bot back what it needs (tapedeck doctor), then " + goOn
    case .stopped where end.exitCode != 0: "look after the disk"
    case .stopped, .duration, .until, .empty, .onlyBots, .kicked, .moved: nil
    }
  }

  private func render(_ end: RecordingEnd, _ captures: FilePath) throws -> ExitStatus {
    let keys = try OperatorKeyStore.standard().privateKeys()
    guard !keys.isEmpty else {
      reporter.say("not rendered: there is no private key on this host")
      reporter.report(
        .warning, capture: end.capture.lastComponent?.string,
        ["code": "no_key", "message": "not rendered: there is no private key on this host"])
      return .done
    }
    return try AfterRecording.render(
      end.capture, to: CaptureFolders.renders(command.renders, captures: captures), keys: keys,
      reporter: reporter)
  }
}
