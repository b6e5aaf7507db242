internal import CaptureLog
internal import DiscordGateway
internal import DiscordREST
internal import DiscordVoice
internal import FoundationEssentials
internal import Glibc
internal import JSONValues
internal import Logging
internal import Synchronization
internal import SystemPackage

/// The way into a channel, and back out of it when it leads nowhere.
extension Recorder {
  /// What is known of the place before joining.
  struct Place: Sendable {
    var guildName: String?
    var channelName: String?
    var afkChannel: UInt64?
    var userLimit: Int?
    var isStage = false
  }

  /// Joins and returns the recording, which is not run yet.
  func prepare(
    _ options: RecordingOptions, over stay: (@Sendable (any VoiceObserver) -> any RecordedStay)?
  ) async throws -> RecordingCore {
    guard !options.recipients.isEmpty else {
      throw RecorderError(
        .notFound,
        "there is no public key to seal the capture's keys to; make one: tapedeck keys new"
      )
    }
    let exclusions = try mapped {
      () throws(CaptureError) in
      try ExclusionList(
        fixed: Set(options.excluded.map(\.snowflake.rawValue)), file: options.optOutFile)
    }
    let bot = try await botID()
    let place = try await look(at: options)
    let start = surroundings.captureClock.read().realtime
    let lock = try RecorderLock(
      bot: bot.snowflake.rawValue, guild: options.guild.snowflake.rawValue,
      in: try options.lockFolder
        ?? LockFolder.usable(
          of: LockFolder.candidates(environment: ProcessInfo.processInfo.environment)),
      capture: options.resume?.string ?? options.captures.string,
      since: UTCTime.text(unixNanoseconds: start, fractionDigits: 0))
    let consent = try await consent(options, bot)
    let notice = try await consent?.post(in: options.channel, name: place.channelName)
    do {
      let core = try await makeCore(options, exclusions, bot, place, lock, consent)
      try await join(core, over: stay, bot, place)
      return core
    } catch {
      if let notice { await consent?.withdraw(notice, in: options.channel) }
      throw error
    }
  }

  private func botID() async throws -> ID<User> {
    do { return try await signaling.userID } catch let error as CancellationError {
      throw error
    } catch {
      throw RecorderError(.temporary, "the gateway has no session: \(error)")
    }
  }

  /// - Throws: ``RecorderError``: `notFound`, `notPermitted`, `usage` for a channel without voice.
  private func look(at options: RecordingOptions) async throws -> Place {
    async let guild = self.client.guild(options.guild)
    let channel: Channel
    do {
      channel = try await client.channel(options.channel)
    } catch let error as DiscordError {
      throw RecorderError(error, "channel \(options.channel)")
    }
    guard channel.type == .voice || channel.type == .stage else {
      throw RecorderError(.usage, "channel \(options.channel) is no voice channel")
    }
    var place = Place(guildName: options.guildName, channelName: options.channelName)
    place.channelName = place.channelName ?? channel.name
    place.userLimit = channel.userLimit
    place.isStage = channel.type == .stage
    do {
      let guild = try await guild
      place.guildName = place.guildName ?? guild.name
      place.afkChannel = ID<Channel>(json: guild.json["afk_channel_id"])?.snowflake.rawValue
    } catch {
      // Names are a courtesy.
      logger.warning("the guild cannot be looked up", metadata: ["error": "\(error)"])
    }
    return place
  }

  /// Restores what a crash left, and makes what tells people.
  private func consent(
    _ options: RecordingOptions, _ bot: ID<User>
  ) async throws -> ConsentKeeper? {
    let file = NicknameFile(
      folder: options.nicknameFolder ?? options.captures, bot: bot.snowflake.rawValue,
      guild: options.guild.snowflake.rawValue)
    guard options.notice != nil || file.read() != nil else { return nil }
    var name = "a bot"
    do { name = try await client.me().displayName } catch {
      logger.warning("the bot's name is not known", metadata: ["error": "\(error)"])
    }
    let keeper = ConsentKeeper(
      client: client, notice: options.notice ?? Notice(), retention: options.retention,
      guild: options.guild, bot: bot, botName: name, file: file, logger: logger)
    // Discord may make us wait long for a nickname; the recording does not.
    do {
      try await withTimeout(.seconds(3), clock: surroundings.clock) {
        await keeper.restoreNickname(in: options.channel)
      }
    } catch let error as CancellationError {
      throw error
    } catch {
      logger.warning("the nickname is not restored yet", metadata: ["error": "\(error)"])
    }
    return options.notice == nil ? nil : keeper
  }

  private func join(
    _ core: RecordingCore, over stay: (@Sendable (any VoiceObserver) -> any RecordedStay)?,
    _ bot: ID<User>, _ place: Place
  ) async throws {
    let options = core.options
    let observer = makeObserver(core)
    let stay =
      stay?(observer)
      ?? surroundings.makeStay(
        voiceConfiguration(options, place, firstConnection: core.writer.nextConnection),
        signaling, observer, logger)
    core.use(stay, observer)
    noteBeginning(core, bot)
    async let nickname = setNickname(core)
    do {
      try await withTimeout(options.joinTimeout, clock: surroundings.clock) {
        try await stay.join()
      }
    } catch {
      _ = await nickname
      await giveUp(core)
      throw Self.joinError(error)
    }
    if let warning = await nickname { core.warn("nickname", warning) }
    core.begin()
  }

  /// Discord may make us wait long for a nickname; the recording does not.
  private func setNickname(_ core: RecordingCore) async -> String? {
    guard let consent = core.parts.consent else { return nil }
    do {
      return try await withTimeout(.seconds(3), clock: surroundings.clock) {
        await consent.setNickname(in: core.options.channel)
      }
    } catch {
      return "the nickname does not show the recording: \(error)"
    }
  }

  private func noteBeginning(_ core: RecordingCore, _ bot: ID<User>) {
    let options = core.options
    core.writer.append(
      RecorderEvent(
        build: "tapedeck \(toolVersion)", process: getpid(), user: bot.description,
        resumed: options.resume != nil))
    if options.resume != nil { core.note(GapEvent(state: GapEvent.ends, cause: "recorder")) }
    for user in core.state.withLock({ $0.exclusions.users }).sorted() {
      core.writer.append(ExclusionEvent(user: "\(user)", excluded: true))
    }
    if let consent = core.parts.consent {
      consent.use { [weak core] in core?.note($0) }
    } else {
      core.note(NoticeEvent(state: "off", channel: options.channel.description))
    }
  }

  private func makeCore(
    _ options: RecordingOptions, _ exclusions: ExclusionList, _ bot: ID<User>, _ place: Place,
    _ lock: RecorderLock, _ consent: ConsentKeeper?
  ) async throws -> RecordingCore {
    var recipientChange: String?
    if let capture = options.resume {
      let before = try mapped { () throws(CaptureError) in
        try CaptureSession.read(capture).recipients
      }
      recipientChange = Self.recipientChange(before, options.recipients)
    }
    let writer = try await makeWriter(options, place)
    let names = [place.guildName, place.channelName].compactMap(\.self).joined(separator: " / ")
    let sender = AlertSender(
      client: client, capture: writer.session.id,
      place: names.isEmpty ? "channel \(options.channel)" : names, clock: surroundings.clock)
    let alerts = AlertDispatcher(
      targets: options.alerts, capture: writer.session.id, clock: surroundings.clock,
      logger: logger
    ) { alert, target in try await sender.send(alert, to: target) }
    var state = RecordingState(
      book: CallBook(
        own: bot.snowflake.rawValue, channel: options.channel.snowflake.rawValue),
      exclusions: exclusions)
    state.afkChannel = place.afkChannel
    state.channelName = place.channelName
    let filter = PacketFilter(excluded: exclusions.users) { datagram, time, connection in
      writer.append(packet: datagram, connection: connection, kernelTime: time)
    }
    let core = RecordingCore(
      RecordingCore.Parts(
        options: options, client: client, writer: writer, filter: filter,
        keys: KeyStore(
          in: writer.folder, recipients: options.recipients, files: surroundings.files,
          clock: surroundings.clock),
        consent: consent, alerts: alerts, lock: lock, clock: surroundings.clock,
        captureClock: surroundings.captureClock, logger: logger,
        isTimed: surroundings.isTimed),
      state: state)
    if let recipientChange { core.warn("recipients", recipientChange) }
    return core
  }

  /// The observer outlives nothing that it names: the session drops it at its end.
  private func makeObserver(_ core: RecordingCore) -> RecordingObserver {
    let clock = surroundings.captureClock
    return RecordingObserver(
      writer: core.writer, filter: core.parts.filter, keys: core.parts.keys,
      now: { clock.read().boottime }, isExcluded: { [weak core] in core?.isExcluded($0) ?? true },
      tell: { [weak core] in core?.take($0) }, warn: { [weak core] in core?.warn($0, $1) })
  }

  private func voiceConfiguration(
    _ options: RecordingOptions, _ place: Place, firstConnection: UInt32
  ) -> VoiceConfiguration {
    var configuration = VoiceConfiguration(guild: options.guild, channel: options.channel)
    configuration.followsMoves = options.followsMoves
    configuration.firstConnection = firstConnection
    configuration.allowsLoopback = client.isLoopback
    configuration.usesTLSOnLoopback = client.isSecure
    configuration.trustRootsFile = (signaling as? GatewayClient)?.configuration.trustRootsFile
    configuration.channelFacts = { [client] id in
      if id == options.channel {
        return VoiceChannelFacts(userLimit: place.userLimit, isStage: place.isStage)
      }
      guard let channel = try? await client.channel(id) else { return nil }
      return VoiceChannelFacts(userLimit: channel.userLimit, isStage: channel.type == .stage)
    }
    return configuration
  }

  /// Leaves, and removes what was begun: an empty capture helps nobody.
  private func giveUp(_ core: RecordingCore) async {
    core.requestStop(
      RecordingCore.StopRequest(
        reason: .failed, word: "not_joined", message: "the channel was not joined",
        exitCode: nil))
    await core.run()
    let isEmpty = core.writer.status.packetsStored == 0
    guard core.options.resume == nil, isEmpty else { return }
    do { try FileManager.default.removeItem(atPath: core.writer.folder.string) } catch {
      logger.warning(
        "the empty capture cannot be removed",
        metadata: ["capture": "\(core.writer.folder)", "error": "\(error)"])
    }
  }

  private static func joinError(_ error: any Error) -> any Error {
    switch error {
    case let error as VoiceError:
      let code: RecorderError.Code =
        switch error.reason {
        case .channelFull: .channelFull
        case .daveRequired: .encryptionRequired
        case .rateLimited: .refused
        case .refused: .internal
        case .notPermitted: .notPermitted
        case .left, .kicked, .moved, .callEnded, .notJoined, .gatewayStopped: .temporary
        }
      return RecorderError(code, error.description)
    case is CancellationError: return error
    default: return RecorderError(.temporary, "the channel was not joined: \(error)")
    }
  }
}
