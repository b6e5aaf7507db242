internal import DAVE
internal import DiscordREST
internal import JSONValues
internal import Logging
internal import VoiceCrypto

extension VoiceEngine {
  /// A new session, in place of the one there is.
  func identify(_ identification: StayAction.Identification) {
    guard let user = stay?.settings.user, let dave = gateway?.dave ?? dave else { return }
    dropSession()
    attempt = identification.attempt
    server = identification.server
    var settings = VoiceGatewaySession.Settings(
      connection: identification.connection, guild: configuration.guild.snowflake.rawValue,
      channel: identification.channel.snowflake.rawValue, user: user.snowflake.rawValue,
      sessionID: identification.sessionID)
    settings.isStage = facts[identification.channel]?.isStage ?? false
    settings.allowsLoopback = configuration.allowsLoopback
    settings.prefersAES = TransportCipher.hasFastAES
    gateway = VoiceGatewaySession(settings: settings, dave: dave, using: &random)
    connect()
  }

  /// The session is over.
  func dropSession() {
    dave = gateway?.dave ?? dave
    gateway = nil
    info = nil
    sender.close()
    closeMedia()
    state.setConnection(nil)
    state.setEncryption(.off)
  }

  func closeMedia() {
    guard let media else { return }
    self.media = nil
    state.count(nil)
    // Its thread may be in the middle of something.
    outlets.job.yield(.close(media.socket))
  }

  func perform(_ action: VoiceGatewayAction) {
    switch action {
    case .send(let payload): send(payload)
    case .openMedia(let offer): openMedia(offer)
    case .media(let agreement): begin(agreement)
    case .resumed: take(.resumed(attempt: attempt))
    case .store(let keys, let number):
      guard let connection = gateway?.settings.connection else { return }
      outlets.store.yield((keys, connection: connection, number: number))
    case .seal(let sealing):
      do {
        try sender.seal(sealing)
      } catch {
        logger.error("Frames cannot be sealed", metadata: ["error": "\(error)"])
      }
    case .event(let event): tell(event)
    case .note(let note): log(note)
    case .fail(let fault):
      logger.warning("Voice connection given up", metadata: ["cause": "\(fault.rawValue)"])
      take(.fault(fault, attempt: attempt))
    }
  }

  private func tell(_ event: VoiceEvent) {
    switch event {
    case .daveEpoch(_, let code): state.setPrivacyCode(code)
    case .daveState(_, let encryption): state.setEncryption(encryption)
    case .speaking(_, _, _, let flags):
      if flags != 0 { media?.speechIsAnnounced(at: now().nanoseconds) }
    case .daveWarning(_, let warning):
      logger.warning(
        "End-to-end encryption", metadata: ["warning": "\(DisplayText.sanitized("\(warning)"))"])
    case .unknown(let op, let isBinary):
      logger.info("Unknown operation", metadata: ["op": "\(op)", "binary": "\(isBinary)"])
    default: break
    }
    observer.handle(event)
  }

  private func log(_ note: VoiceNote) {
    switch note {
    case .unreadable(let reason):
      logger.warning("Unreadable message", metadata: ["reason": "\(reason)"])
    case .repeated(let op): logger.debug("Repeated message", metadata: ["op": "\(op)"])
    case .unexpected(let op): logger.info("Unexpected message", metadata: ["op": "\(op)"])
    case .keysLate: logger.warning("Keys are not stored in time; going on")
    }
  }

  // MARK: Others in the guild

  /// Somebody's voice state: told when they are, or were, in our channel.
  func told(_ json: JSONValue) {
    guard let stay, let user = ID<User>(json: json["user_id"]) else { return }
    let before = stay.occupants[user]
    let after = ID<Channel>(json: json["channel_id"])
    voiceStates[user] = after == nil ? nil : json
    guard user != stay.settings.user, before == stay.channel || after == stay.channel else {
      return
    }
    observer.handle(.voiceState(json))
  }

  func follow(_ channel: ID<Channel>) {
    logger.info("Moved to another channel", metadata: ["channel": "\(channel)"])
    observer.handle(.moved(to: channel.snowflake.rawValue))
    let own = stay?.settings.user
    for (user, json) in voiceStates.sorted(by: { $0.key < $1.key })
    where user != own && ID<Channel>(json: json["channel_id"]) == channel {
      observer.handle(.voiceState(json))
    }
  }
}
