internal import DAVE
internal import VoiceCrypto

extension VoiceGatewaySession {
  mutating func received(
    _ message: VoiceMessage, _ sequence: Int64?, _ now: Duration,
    _ random: inout some RandomNumberGenerator, _ actions: inout [VoiceGatewayAction]
  ) {
    guard isOpen else { return }
    if let sequence {
      guard replayed.isNew(sequence, message) else {
        actions.append(.note(.repeated(op: message.op)))
        return
      }
      lastSequence = sequence
    }
    if let event = message.daveEvent {
      handleDAVE(event, now, &random, &actions)
      return
    }
    let connection = settings.connection
    switch message {
    case .hello(let interval):
      var beats = VoiceHeartbeat(interval: interval ?? VoiceHeartbeat.fallback, now: now)
      _ = beats.beat(at: now)
      heartbeat = beats
      sendHeartbeat(now, &actions)
    case .heartbeatAcknowledged: heartbeat?.acknowledged()
    case .ready(let ssrc, let address, let port, let modes):
      ready(ssrc, address, port, modes, &actions)
    case .sessionDescription(let mode, let key, let daveVersion):
      described(mode, key, daveVersion, now, &random, &actions)
    case .resumed:
      actions.append(.resumed)
      sendSpeaking(&actions)
      sendAgain(&actions)
      sendReady(now, &actions)
    case .speaking(let user, let ssrc, let flags):
      actions.append(
        .event(.speaking(connection: connection, user: user, ssrc: ssrc, flags: flags)))
    case .clientsConnected(let users):
      actions.append(.event(.clientsConnected(connection: connection, users: users)))
      handleDAVE(.usersConnected(users), now, &random, &actions)
    case .clientDisconnected(let user):
      actions.append(.event(.clientDisconnected(connection: connection, user: user)))
      handleDAVE(.userDisconnected(user), now, &random, &actions)
    case .video(let user, let audio, let ssrcs):
      if let audio {
        actions.append(
          .event(.speaking(connection: connection, user: user, ssrc: audio, flags: 0)))
      }
      if !ssrcs.isEmpty {
        actions.append(.event(.videoSSRC(connection: connection, user: user, ssrcs: ssrcs)))
      }
    case .unknown(let op, let isBinary): tellUnknown(op, isBinary: isBinary, &actions)
    default: break
    }
  }

  mutating func tellUnknown(
    _ op: Int, isBinary: Bool, _ actions: inout [VoiceGatewayAction]
  ) {
    // A server that makes numbers up shall not fill a log.
    guard unknownTold.count < 64, unknownTold.insert(isBinary ? -op - 1 : op).inserted else {
      return
    }
    actions.append(.event(.unknown(op: op, isBinary: isBinary)))
  }

  private mutating func ready(
    _ ssrc: UInt32, _ address: String, _ port: UInt16, _ modes: [String],
    _ actions: inout [VoiceGatewayAction]
  ) {
    guard offer == nil else {
      actions.append(.note(.unexpected(op: 2)))
      return
    }
    guard let mode = chosen(from: modes) else {
      actions.append(.fail(.noMode))
      return
    }
    // A forged address could make us send to whoever it names.
    guard let remote = DatagramAddress(host: address, port: port),
      remote.isGlobalUnicast || (remote.isLoopback && settings.allowsLoopback)
    else {
      actions.append(.fail(.badAddress))
      return
    }
    let offer = MediaOffer(ssrc: ssrc, remote: remote, mode: mode)
    self.offer = offer
    actions.append(.openMedia(offer))
  }

  /// AES where the CPU is made for it; else the mode that every server has.
  private func chosen(from modes: [String]) -> TransportMode? {
    let wanted: [TransportMode] =
      settings.prefersAES ? [.aes256GCM, .xchacha20] : [.xchacha20, .aes256GCM]
    return wanted.first { modes.contains($0.rawValue) }
  }

  private mutating func described(
    _ mode: String, _ key: [UInt8], _ daveVersion: Int, _ now: Duration,
    _ random: inout some RandomNumberGenerator, _ actions: inout [VoiceGatewayAction]
  ) {
    guard let offer else {
      actions.append(.note(.unexpected(op: 4)))
      return
    }
    guard let mode = TransportMode(rawValue: mode), mode != .none, key.count == mode.keyLength
    else {
      actions.append(.fail(.badDescription))
      return
    }
    let agreement = MediaAgreement(
      ssrc: offer.ssrc, mode: mode, key: key, daveVersion: max(0, daveVersion))
    // Said again after a resume. To begin anew under one key would use nonces twice.
    guard agreement.key != self.agreement?.key else {
      actions.append(.note(.repeated(op: 4)))
      return
    }
    self.agreement = agreement
    storeNumber += 1
    actions.append(
      .store(
        .transport(connection: settings.connection, mode: mode, key: key), number: storeNumber))
    actions.append(.media(agreement))
    // Without it some servers send nothing to a client that never spoke.
    sendSpeaking(&actions)
    transitions = [:]
    toldReady = []
    unansweredKeyPackage = nil
    unansweredCommit = nil
    pendingReady = []
    actions.append(.seal(agreement.daveVersion > 0 ? .impossible : .none))
    handleDAVE(
      .sessionDescription(version: agreement.daveVersion, channel: settings.channel), now, &random,
      &actions)
  }
}

extension VoiceMessage {
  /// The operation's number, for logs.
  var op: Int {
    switch self {
    case .hello: 8
    case .ready: 2
    case .sessionDescription: 4
    case .speaking: 5
    case .heartbeatAcknowledged: 6
    case .resumed: 9
    case .clientsConnected: 11
    case .video: 12
    case .clientDisconnected: 13
    case .prepareTransition: 21
    case .executeTransition: 22
    case .prepareEpoch: 24
    case .externalSender: 25
    case .proposals: 27
    case .commit: 29
    case .welcome: 30
    case .passedOver(let op), .unknown(let op, _): op
    }
  }
}
