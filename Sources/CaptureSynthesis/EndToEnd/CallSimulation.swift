internal import CaptureLog
internal import DAVE

/// The DAVE group of a call during one connection of the recorder, in simulated time: the voice
/// gateway's part, the speakers', a silent guest's, and the recorder's.
///
/// The speakers have their group when the recorder comes; then messages take their time.
struct CallSimulation {
  /// What the recorder writes down.
  enum Output {
    case event(CaptureEvent)
    case key(user: String, incarnation: UInt32, epoch: UInt64, secret: [UInt8], time: Int64)
  }

  /// A client is in its group when it may talk: it joins so long before.
  private static let joinLead: Int64 = .milliseconds(300)
  /// In larger groups only so many speakers commit, beside the recorder.
  private static let mostCommitters = 8

  let connection: UInt32
  let start: Int64
  private let end: Int64
  private let committers: Set<UInt64>
  /// Of a larger group only these have sessions of their own; the others do what these would.
  private let members: Set<UInt64>?
  let random: SplitMix64
  var delays: SplitMix64
  var gateway: DAVEExternalSender
  /// Counts the groups, whose epochs all begin at 1.
  var generation: UInt32 = 0
  private(set) var connected: [UInt64] = []
  var clients: [UInt64: CallClient] = [:]
  var keys: [UInt64: SpeakerKeys] = [:]
  var secrets: MediaSecrets
  private var heap = BinaryHeap<CallDelivery>()
  private(set) var order: UInt64 = 0
  var outputs: [Output] = []
  private(set) var isSettingUp = true
  var downgrade: Downgrade?
  /// What the recorder wrote down last.
  var isPlaintextAllowed = false
  /// What sessions complained of: nothing, unless this simulation is at fault.
  var warnings: [String] = []

  init(_ plan: CapturePlan, endToEnd: EndToEndPlan, connection: Int, random: SplitMix64) {
    let active = plan.connections[connection].active
    self.connection = UInt32(connection)
    (start, end) = (active.lowerBound, active.upperBound)
    self.random = random
    delays = random.child(1)
    var gatewayRandom = random.child(2)
    gateway = DAVEExternalSender(channel: 300_000_000_000_000_001, using: &gatewayRandom)
    secrets = MediaSecrets(random: random.child(3))
    let speakers = plan.speakers.map { UInt64($0.user) ?? 0 }
    let present = Self.present(plan, at: active.lowerBound)
    let isLarge = speakers.count > Self.mostCommitters
    committers = Set(speakers.prefix(isLarge ? 2 : speakers.count) + [EndToEndPlan.recorder])
    members =
      isLarge
      ? Set(speakers.prefix(Self.mostCommitters) + present.prefix(2))
        .union([EndToEndPlan.recorder, EndToEndPlan.guest]) : nil
    for (index, user) in speakers.enumerated() {
      keys[user] = SpeakerKeys(policy: index.isMultiple(of: 2) ? .atCommit : .atExecution)
    }
    setUp(present)
    planStays(plan)
    planGuest(endToEnd.guestInterval(duration: plan.duration))
    for (time, change) in endToEnd.changes where time > start && time < end {
      push(time, .change(change))
    }
  }

  private static func present(_ plan: CapturePlan, at time: Int64) -> [UInt64] {
    plan.speakers.filter { speaker in
      (speaker.presence ?? [0..<plan.duration]).contains { $0.contains(time) }
    }.map { UInt64($0.user) ?? 0 }
  }

  /// The first two make the group, to which the others are added at once: one commit each, since
  /// with one for every newcomer a large call would take quadratic time.
  private mutating func setUp(_ present: [UInt64]) {
    for group in [present.prefix(2), present.dropFirst(2)] {
      for user in group { push(start, .join(user)) }
      while let delivery = heap.pop() { handle(delivery) }
      guard group.count > 0, let first = present.first else { continue }
      clients[first]?.session.isCommitting = true
      // Op 27 that adds nothing to the proposals there are.
      let group = GroupEpoch(generation: generation, epoch: gateway.epoch)
      receive(.proposals([0, 0]), in: group, by: first, at: start)
      while let delivery = heap.pop() { handle(delivery) }
      clients[first]?.session.isCommitting = false
    }
    for user in present { clients[user]?.session.isCommitting = committers.contains(user) }
    isSettingUp = false
    push(start, .join(EndToEndPlan.recorder))
  }

  private mutating func planStays(_ plan: CapturePlan) {
    for speaker in plan.speakers {
      let user = UInt64(speaker.user) ?? 0
      var earliest = start
      for stay in speaker.presence ?? [0..<plan.duration] where stay.overlaps(start..<end) {
        if stay.lowerBound > start {
          push(max(stay.lowerBound - Self.joinLead, earliest), .join(user))
        }
        if stay.upperBound < end { push(stay.upperBound, .leave(user)) }
        earliest = stay.upperBound + 1
      }
    }
  }

  private mutating func planGuest(_ interval: Int64) {
    guard interval > 0 else { return }
    var random = random.child(4)
    var time = start + interval / 2
    var comes = true
    while time < end {
      push(time, comes ? .join(EndToEndPlan.guest) : .leave(EndToEndPlan.guest))
      comes.toggle()
      time += Int64(Double(interval) * (0.75 + random.uniform() / 2))
    }
  }

  /// Of the group, as the voice gateway has it.
  var epoch: UInt64 { gateway.epoch }
  var memberCount: Int { gateway.members.count }

  /// Lets everything happen up to a time.
  ///
  /// - Returns: What the recorder writes down, in order.
  mutating func advance(to time: Int64) -> [Output] {
    while let next = heap.first, next.time <= min(time, end) {
      _ = heap.pop()
      handle(next)
    }
    defer { outputs.removeAll(keepingCapacity: true) }
    return outputs
  }

  mutating func push(_ time: Int64, _ item: CallDelivery.Item) {
    heap.push(CallDelivery(time: time, order: order, item: item))
    order += 1
  }

  private mutating func handle(_ delivery: CallDelivery) {
    let time = delivery.time
    switch delivery.item {
    case .join(let user): join(user, at: time)
    case .leave(let user):
      guard connected.contains(user) else { return }
      connected.removeAll { $0 == user }
      clients[user] = nil
      for other in connected { send(.userDisconnected(user), to: other, at: time) }
      if downgrade?.isDone != true {
        let actions = gateway.leave(user, at: time)
        if gateway.epoch == 0 { generation += 1 }
        send(actions, at: time)
      }
      ready(user, at: time)
    case .change(let change): make(change, at: time)
    case .tick:
      send(gateway.tick(time), at: time)
      executeDowngrade(at: time)
    case .up(let user, let action):
      guard connected.contains(user) else { return }
      switch action {
      case .sendTransitionReady(Self.downgradeTransition): ready(user, at: time)
      case .sendKeyPackage(let bytes): send(gateway.keyPackage(bytes, from: user), at: time)
      case .sendCommitWelcome(let bytes):
        send(gateway.commitWelcome(bytes, from: user, at: time), at: time)
      case .sendTransitionReady(let id):
        send(gateway.ready(user, transition: id, at: time), at: time)
      case .sendInvalidCommitWelcome:
        send(gateway.invalidCommitWelcome(from: user), at: time)
      default: break
      }
    case .down(let user, let event, let group): receive(event, in: group, by: user, at: time)
    }
  }

  private mutating func join(_ user: UInt64, at time: Int64) {
    guard !connected.contains(user) else { return }
    connected.append(user)
    clients[user] = CallClient(
      user: user, random: random.child(5).child(user).child(order),
      isCommitting: !isSettingUp && committers.contains(user),
      isFollowing: members.map { !$0.contains(user) } ?? false)
    for other in connected where other != user {
      send(.usersConnected([user]), to: other, at: time)
    }
    send(.identified(connection: connection), to: user, at: time)
    send(.usersConnected(connected), to: user, at: time)
    // Who comes in a downgrade is told of the version that comes.
    if downgrade == nil { send(gateway.join(user), at: time) }
    send(
      .sessionDescription(version: downgrade == nil ? 1 : 0, channel: gateway.channel), to: user,
      at: time)
    if downgrade != nil { keys[user]?.allowPlaintext() }
  }
}
