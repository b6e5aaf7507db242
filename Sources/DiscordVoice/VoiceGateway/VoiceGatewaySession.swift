package import DAVE
internal import VoiceCrypto

/// One session with a voice server, from identify to its end, over the WebSockets that resume it.
///
/// It has no clock, socket or store of its own: what happens goes in, what to do comes out.
/// Source: Discord documentation, "Voice Connections".
package struct VoiceGatewaySession: Sendable {
  /// Whose session it is, and where.
  package struct Settings: Sendable {
    package var connection: UInt32
    package var guild: UInt64
    package var channel: UInt64
    package var user: UInt64
    /// Of the main gateway, from our voice state.
    package var sessionID: String
    package var isStage = false
    package var allowsLoopback = false
    /// Whether AES-256-GCM is to be preferred: where the CPU has instructions for it.
    package var prefersAES = true

    package init(
      connection: UInt32, guild: UInt64, channel: UInt64, user: UInt64, sessionID: String
    ) {
      self.connection = connection
      self.guild = guild
      self.channel = channel
      self.user = user
      self.sessionID = sessionID
    }
  }

  /// How long op 23 waits for keys to be on disk.
  package static let storeTimeout = Duration.seconds(1)

  /// An op 23 that waits for its keys.
  struct PendingReady: Sendable {
    var transition: UInt16
    var incarnation: UInt32
    /// Nil: a transition that is not one of epochs.
    var epoch: UInt64?
    var storeNumber: Int
    var due: Duration
  }

  /// A transition that was prepared and not executed.
  enum Transition: Sendable {
    case version(Int)
    case epoch(incarnation: UInt32, epoch: UInt64, ownSecret: [UInt8])
  }

  /// So many transitions are kept: one at a time is usual.
  static let mostTransitions = 256

  package private(set) var settings: Settings
  package internal(set) var dave: DAVESession
  var isOpen = false
  /// -1 before the first.
  var lastSequence: Int64 = -1
  var replayed = ReplayFilter()
  var heartbeat: VoiceHeartbeat?
  var offer: MediaOffer?
  package internal(set) var agreement: MediaAgreement?
  /// Ours, to be told again to a server that we resume with.
  var speakingFlags = 0
  var transitions: [UInt16: Transition] = [:]
  var pendingReady: [PendingReady] = []
  /// What a severed connection may not have carried: our last op 26 while we are in no group, our
  /// last op 28 while no commit was announced, and op 23 of transitions that were not executed.
  var unansweredKeyPackage: [UInt8]?
  var unansweredCommit: [UInt8]?
  var toldReady: Set<UInt16> = []
  var storeNumber = 0
  var storedNumber = 0
  var encryption = VoiceEncryption.off
  var unknownTold: Set<Int> = []

  /// - Parameter dave: that of the connection before, whose signature key stays ours.
  package init(
    settings: Settings, dave: DAVESession, using random: inout some RandomNumberGenerator
  ) {
    self.settings = settings
    self.dave = dave
    _ = self.dave.handle(.identified(connection: settings.connection), at: 0, using: &random)
  }

  /// When ``VoiceGatewayInput/time`` is wanted.
  package var deadline: Duration? {
    let beat = isOpen ? heartbeat?.next : nil
    let ready = isOpen ? pendingReady.first?.due : nil
    return [beat, ready].compactMap(\.self).min()
  }

  /// Takes one input and returns what to do.
  package mutating func handle(
    _ input: VoiceGatewayInput, at now: Duration, using random: inout some RandomNumberGenerator
  ) -> [VoiceGatewayAction] {
    var actions: [VoiceGatewayAction] = []
    switch input {
    case .opened(let resuming): opened(resuming, &actions)
    case .closed:
      isOpen = false
      heartbeat = nil
    case .text(let text):
      do {
        let (message, sequence) = try VoiceMessage.parse(text: text)
        received(message, sequence, now, &random, &actions)
      } catch {
        actions.append(.note(.unreadable(reason: error.reason)))
      }
    case .binary(let bytes):
      do {
        let (message, sequence) = try VoiceMessage.parse(binary: bytes)
        received(message, sequence, now, &random, &actions)
      } catch {
        actions.append(.note(.unreadable(reason: error.reason)))
      }
    case .discovered(let address, let port):
      guard isOpen, let offer else { break }
      actions.append(
        .send(.selectProtocol(address: address, port: port, mode: offer.mode.rawValue)))
    case .stored(let number):
      storedNumber = max(storedNumber, number)
      sendReady(now, &actions)
    case .setSpeaking(let flags):
      speakingFlags = flags
      sendSpeaking(&actions)
    case .stage(let isStage):
      settings.isStage = isStage
      tellState(&actions)
    case .framesUnreadable:
      // What it sends would be lost.
      guard isOpen else { break }
      handleDAVE(.framesUnreadable, now, &random, &actions)
    case .time: timePassed(now, &actions)
    }
    return actions
  }

  private mutating func opened(_ resuming: Bool, _ actions: inout [VoiceGatewayAction]) {
    isOpen = true
    heartbeat = nil
    if resuming {
      actions.append(
        .send(
          .resume(
            guild: settings.guild, session: settings.sessionID, sequence: lastSequence)))
    } else {
      actions.append(
        .send(
          .identify(
            guild: settings.guild, user: settings.user, session: settings.sessionID)))
    }
  }

  private mutating func timePassed(_ now: Duration, _ actions: inout [VoiceGatewayAction]) {
    guard isOpen else { return }
    if pendingReady.contains(where: { now >= $0.due && $0.storeNumber > storedNumber }) {
      actions.append(.note(.keysLate))
    }
    sendReady(now, &actions)
    switch heartbeat?.beat(at: now) {
    case nil, .tooEarly?: break
    case .zombie?:
      heartbeat = nil
      actions.append(.fail(.zombie))
    case .send?: sendHeartbeat(now, &actions)
    }
  }

  func sendHeartbeat(_ now: Duration, _ actions: inout [VoiceGatewayAction]) {
    let milliseconds = now / .milliseconds(1)
    actions.append(
      .send(.heartbeat(time: Int64(milliseconds.rounded(.down)), sequence: lastSequence)))
  }

  func sendSpeaking(_ actions: inout [VoiceGatewayAction]) {
    guard isOpen, let agreement else { return }
    actions.append(.send(.speaking(flags: speakingFlags, ssrc: agreement.ssrc)))
  }

  /// Sends op 23 in the order in which the transitions came, up to the first that still waits.
  mutating func sendReady(_ now: Duration, _ actions: inout [VoiceGatewayAction]) {
    while isOpen, let first = pendingReady.first,
      first.storeNumber <= storedNumber || now >= first.due
    {
      pendingReady.removeFirst()
      if transitions[first.transition] != nil { toldReady.insert(first.transition) }
      actions.append(.send(.transitionReady(first.transition)))
      actions.append(
        .event(
          .daveReady(
            connection: settings.connection, incarnation: first.incarnation, epoch: first.epoch,
            transition: first.transition)))
    }
  }

  /// Behind a resume: the server sends again what we may have missed, and so do we.
  func sendAgain(_ actions: inout [VoiceGatewayAction]) {
    if let bytes = unansweredKeyPackage { actions.append(.send(.binary(op: 26, bytes))) }
    if let bytes = unansweredCommit { actions.append(.send(.binary(op: 28, bytes))) }
    for id in toldReady.sorted() { actions.append(.send(.transitionReady(id))) }
  }
}
