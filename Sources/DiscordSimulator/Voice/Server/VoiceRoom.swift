internal import CaptureSynthesis
internal import DAVE
internal import JSONValues

/// The call in a voice channel: its DAVE group as the voice gateway sees it, and its transitions.
struct VoiceRoom: Sendable {
  /// Messages with whom they are for, in order.
  enum Output: Hashable, Sendable {
    case send(to: [UInt64], VoiceMessage)
    /// Op 29 and 30, which faults can damage.
    case commit(to: [UInt64], [UInt8])
    case welcome(to: UInt64, [UInt8])
    case epochBegun
    case ignored
  }

  /// Transitions to another version have ids of their own.
  private static let firstVersionTransition: UInt16 = 40_000
  private static let timeout: Duration = .seconds(2)

  let channel: UInt64
  /// 0: not end-to-end encrypted.
  private(set) var version: Int
  /// Who is connected and has op 4, in the order in which they came.
  private(set) var users: [UInt64] = []
  private var group: DAVEExternalSender
  private var random: SplitMix64
  private var versionChange: VersionChange?
  private var nextTransition = VoiceRoom.firstVersionTransition
  /// Members who begin anew: they have thrown their group away, and wait for a Welcome.
  private var newcomersAgain: Set<UInt64> = []
  /// When transitions may have waited long enough.
  private var timers: [Duration] = []

  private struct VersionChange: Sendable {
    var id: UInt16
    var version: Int
    var waiting: Set<UInt64>
    var due: Duration
  }

  init(channel: UInt64, version: Int, random: SplitMix64) {
    self.channel = channel
    self.version = version
    var random = random
    group = DAVEExternalSender(channel: channel, using: &random)
    self.random = random
  }

  /// The version that op 4 tells a newcomer.
  var versionForNewcomers: Int { versionChange?.version ?? version }

  var members: [UInt64] { group.members }

  var nextDeadline: Duration? {
    [timers.min(), versionChange?.due].compactMap(\.self).min()
  }

  mutating func join(_ user: UInt64, now: Duration) -> [Output] {
    if !users.contains(user) { users.append(user) }
    guard versionForNewcomers > 0 else { return [] }
    return perform(group.join(user), now: now)
  }

  mutating func leave(_ user: UInt64, now: Duration) -> [Output] {
    guard users.contains(user) else { return [] }
    users.removeAll { $0 == user }
    newcomersAgain.remove(user)
    var outputs: [Output] = []
    if version > 0 {
      outputs = perform(group.leave(user, at: now.nanoseconds), now: now)
    }
    if versionChange != nil {
      versionChange?.waiting.remove(user)
      outputs += tick(now: now)
    }
    return outputs
  }

  mutating func keyPackage(_ bytes: [UInt8], from user: UInt64, now: Duration) -> [Output] {
    guard version > 0, users.contains(user) else { return [.ignored] }
    // Whoever begins anew is in the group still.
    var outputs: [Output] = []
    if group.members.contains(user) {
      newcomersAgain.insert(user)
      outputs += perform(group.invalidCommitWelcome(from: user), now: now)
    }
    return outputs + perform(group.keyPackage(bytes, from: user), now: now)
  }

  mutating func commitWelcome(_ bytes: [UInt8], from user: UInt64, now: Duration) -> [Output] {
    guard version > 0, users.contains(user) else { return [.ignored] }
    return perform(group.commitWelcome(bytes, from: user, at: now.nanoseconds), now: now)
  }

  mutating func invalidCommitWelcome(from user: UInt64, now: Duration) -> [Output] {
    guard version > 0, users.contains(user) else { return [.ignored] }
    newcomersAgain.insert(user)
    return perform(group.invalidCommitWelcome(from: user), now: now)
  }

  /// Op 23.
  mutating func ready(_ user: UInt64, transition: UInt16, now: Duration) -> [Output] {
    if versionChange?.id == transition {
      versionChange?.waiting.remove(user)
      return tick(now: now)
    }
    guard version > 0 else { return [.ignored] }
    return perform(group.ready(user, transition: transition, at: now.nanoseconds), now: now)
  }

  /// To version 0: op 21, then 22 when all are ready.
  mutating func downgrade(now: Duration) -> [Output] {
    guard version > 0, versionChange == nil else { return [] }
    let id = nextTransition
    nextTransition = id == .max ? Self.firstVersionTransition : id + 1
    versionChange = VersionChange(
      id: id, version: 0, waiting: Set(users), due: now + Self.timeout)
    return [prepare(id, version: 0)] + tick(now: now)
  }

  /// To version 1, with a group begun anew; also if the version is 1 already.
  mutating func recreate(now: Duration) -> [Output] {
    version = 1
    versionChange = nil
    timers = []
    newcomersAgain = []
    group = DAVEExternalSender(channel: channel, using: &random)
    var outputs: [Output] = [epoch(to: users)]
    for user in users { outputs += perform(group.join(user), now: now) }
    return outputs
  }

  /// Executes what has waited long enough.
  mutating func tick(now: Duration) -> [Output] {
    var outputs: [Output] = []
    if let change = versionChange, change.waiting.isEmpty || now >= change.due {
      versionChange = nil
      version = change.version
      // An epoch that is not executed yet would bring its version back.
      if version == 0 { timers = [] }
      outputs.append(execute(change.id, to: users))
    }
    if timers.contains(where: { $0 <= now }) {
      timers.removeAll { $0 <= now }
      outputs += perform(group.tick(now.nanoseconds), now: now)
    }
    return outputs
  }

  private mutating func perform(
    _ actions: [DAVEExternalSender.Action], now: Duration
  ) -> [Output] {
    var outputs: [Output] = []
    for action in actions {
      switch action {
      case .externalSender(let user, let bytes):
        outputs.append(.send(to: [user], .binary(DAVEOpcode.externalSender.rawValue, bytes)))
      case .proposals(let users, let bytes):
        // Who waits for a Welcome hears nothing of a group that goes on: davey gives up at a
        // proposal for another epoch than its own, and so discord.py at its whole connection.
        let members = group.members
        let listeners = users.filter {
          (members.isEmpty || members.contains($0)) && !newcomersAgain.contains($0)
        }
        outputs.append(.send(to: listeners, .binary(DAVEOpcode.proposals.rawValue, bytes)))
      case .announceCommit(let users, let id, let bytes):
        let listeners = users.filter { !newcomersAgain.contains($0) }
        outputs += [.epochBegun, .commit(to: listeners, Self.bytes(id) + bytes)]
        timers.append(now + Self.timeout)
      case .welcome(let user, let id, let bytes):
        newcomersAgain.remove(user)
        outputs.append(.welcome(to: user, Self.bytes(id) + bytes))
      case .executeTransition(let users, let id): outputs.append(execute(id, to: users))
      case .prepareEpoch(let users):
        newcomersAgain = []
        outputs += [epoch(to: users), prepare(0, version: 1)]
      case .ignored: outputs.append(.ignored)
      }
    }
    return outputs
  }

  private static func bytes(_ id: UInt16) -> [UInt8] { [UInt8(id >> 8), UInt8(id & 0xFF)] }

  private func epoch(to users: [UInt64]) -> Output {
    .send(
      to: users,
      .json(Int64(DAVEOpcode.prepareEpoch.rawValue), ["protocol_version": 1, "epoch": 1]))
  }

  private func prepare(_ id: UInt16, version: Int) -> Output {
    .send(
      to: users,
      .json(
        Int64(DAVEOpcode.prepareTransition.rawValue),
        ["protocol_version": .count(version), "transition_id": .integer(Int64(id))]))
  }

  private func execute(_ id: UInt16, to users: [UInt64]) -> Output {
    .send(
      to: users,
      .json(
        Int64(DAVEOpcode.executeTransition.rawValue), ["transition_id": .integer(Int64(id))]))
  }
}

extension Duration {
  /// Nanoseconds, of at most 292 years.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return whole.overflow ? .max : whole.partialValue &+ attoseconds / 1_000_000_000
  }
}
