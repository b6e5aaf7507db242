internal import CaptureSynthesis
internal import DAVE
internal import JSONValues

/// The voice gateway client of a scripted speaker: it has no socket, but a DAVE session of its own,
/// and takes its time for each message.
struct ScriptedClient: Sendable {
  /// What the client wants of the server, or of the forwarder.
  enum Action: Hashable, Sendable {
    case keyPackage([UInt8])
    case commitWelcome([UInt8])
    case ready(UInt16)
    case invalidCommitWelcome
    /// It seals with this from now on; nil: it talks in the clear.
    case seal([UInt8]?)
  }

  let user: UInt64
  let guild: UInt64
  let ssrc: UInt32
  let keyChange: VoiceScript.KeyChange
  private var session: DAVESession
  private var random: SplitMix64
  private var inbox: [(due: Duration, message: VoiceMessage)] = []
  private var waiting: [UInt16: (epoch: UInt64, secret: [UInt8])] = [:]
  private var isClear = false
  private(set) var warnings: [String] = []

  init(
    user: UInt64, guild: UInt64, ssrc: UInt32, keyChange: VoiceScript.KeyChange,
    random: SplitMix64
  ) {
    self.user = user
    self.guild = guild
    self.ssrc = ssrc
    self.keyChange = keyChange
    var random = random
    session = DAVESession(user: user, using: &random)
    self.random = random
  }

  var nextDeadline: Duration? { inbox.first?.due }

  /// The epoch of its group, nil without one.
  var epoch: UInt64? { if case .member(let epoch) = session.state { epoch } else { nil } }

  mutating func hear(_ message: VoiceMessage, now: Duration, latency: Duration) {
    inbox.append((max(now + latency, inbox.last?.due ?? now), message))
  }

  /// Begins its call: what op 4 does.
  mutating func begin(version: Int, channel: UInt64, now: Duration) -> [Action] {
    var actions = handle(.identified(connection: 0), now: now)
    actions += handle(.sessionDescription(version: version, channel: channel), now: now)
    return actions
  }

  /// Takes the messages that are due.
  ///
  /// - Parameter isCommitting: Whether it commits; in large calls few members do, to spare work.
  mutating func listen(now: Duration, isCommitting: Bool) -> [Action] {
    session.isCommitting = isCommitting
    var actions: [Action] = []
    while let first = inbox.first, first.due <= now {
      inbox.removeFirst()
      guard let event = Self.event(first.message) else { continue }
      actions += handle(event, now: now)
    }
    return actions
  }

  private mutating func handle(_ event: DAVEEvent, now: Duration) -> [Action] {
    var actions: [Action] = []
    for action in session.handle(event, at: now.nanoseconds, using: &random) {
      switch action {
      case .sendKeyPackage(let bytes): actions.append(.keyPackage(bytes))
      case .sendCommitWelcome(let bytes): actions.append(.commitWelcome(bytes))
      case .sendTransitionReady(let id): actions.append(.ready(id))
      case .sendInvalidCommitWelcome: actions.append(.invalidCommitWelcome)
      case .install(let keys):
        guard let secret = keys.senders[user] else { continue }
        if keyChange == .atCommit || keys.transition == 0 {
          actions.append(.seal(secret))
          isClear = false
        } else {
          waiting[keys.transition] = (keys.epoch, secret)
        }
      case .warn(let warning): warnings.append("\(user) at \(now): \(warning)")
      case .retireBefore, .allowPlaintext: break
      }
    }
    if case .executeTransition(let id) = event, let key = waiting.removeValue(forKey: id) {
      actions.append(.seal(key.secret))
      isClear = false
      waiting = waiting.filter { $0.value.epoch > key.epoch }
    }
    // Before op 4 nobody knows yet.
    if case .identified = event { return actions }
    if session.state == .off, !isClear {
      isClear = true
      waiting = [:]
      actions.append(.seal(nil))
    }
    return actions
  }

  private static func event(_ message: VoiceMessage) -> DAVEEvent? {
    switch message {
    case .json(let op, let data):
      let transition = data["transition_id"]?.integer.flatMap { UInt16(exactly: $0) } ?? 0
      let version = data["protocol_version"]?.integer.flatMap { Int(exactly: $0) } ?? 0
      switch op {
      case 11: return .usersConnected((data["user_ids"]?.array ?? []).compactMap(\.snowflake))
      case 13: return data["user_id"]?.snowflake.map { .userDisconnected($0) }
      case 21: return .prepareTransition(id: transition, version: version)
      case 22: return .executeTransition(id: transition)
      case 24:
        let epoch = data["epoch"]?.integer.flatMap { UInt64(exactly: $0) } ?? 0
        return .prepareEpoch(epoch: epoch, version: version)
      default: return nil
      }
    case .binary(let op, let bytes):
      switch op {
      case 25: return .externalSender(bytes)
      case 27: return .proposals(bytes)
      case 29 where bytes.count > 2:
        return .commit(transition: Self.transition(bytes), Array(bytes.dropFirst(2)))
      case 30 where bytes.count > 2:
        return .welcome(transition: Self.transition(bytes), Array(bytes.dropFirst(2)))
      default: return nil
      }
    }
  }

  private static func transition(_ bytes: [UInt8]) -> UInt16 {
    UInt16(bytes[0]) << 8 | UInt16(bytes[1])
  }
}
