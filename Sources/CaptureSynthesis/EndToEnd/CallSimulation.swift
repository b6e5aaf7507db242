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
  private let start: Int64
  private let end: Int64
  private let committers: Set<UInt64>
  private let random: SplitMix64
  private var delays: SplitMix64
  private var gateway: DAVEExternalSender
  private var connected: [UInt64] = []
  private var clients: [UInt64: CallClient] = [:]
  private(set) var keys: [UInt64: SpeakerKeys] = [:]
  private var secrets: MediaSecrets
  private var heap = BinaryHeap<CallDelivery>()
  private var order: UInt64 = 0
  private var outputs: [Output] = []
  private var isSettingUp = true
  /// What sessions complained of: nothing, unless this simulation is at fault.
  private(set) var warnings: [String] = []

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
    let count = speakers.count > Self.mostCommitters ? 2 : speakers.count
    committers = Set(speakers.prefix(count)).union([EndToEndPlan.recorder])
    for (index, user) in speakers.enumerated() {
      keys[user] = SpeakerKeys(policy: index.isMultiple(of: 2) ? .atCommit : .atExecution)
    }
    setUp(plan)
    planGuest(endToEnd.guestInterval(duration: plan.duration))
  }

  private mutating func setUp(_ plan: CapturePlan) {
    var present: [UInt64] = []
    for speaker in plan.speakers {
      let user = UInt64(speaker.user) ?? 0
      var earliest = start
      for stay in speaker.presence ?? [0..<plan.duration] where stay.overlaps(start..<end) {
        if stay.lowerBound <= start {
          present.append(user)
        } else {
          push(max(stay.lowerBound - Self.joinLead, earliest), .join(user))
        }
        if stay.upperBound < end { push(stay.upperBound, .leave(user)) }
        earliest = stay.upperBound + 1
      }
    }
    // The first two make the group, to which the others are added at once.
    var deferred = BinaryHeap<CallDelivery>()
    swap(&heap, &deferred)
    for group in [present.prefix(2), present.dropFirst(2)] {
      for user in group { push(start, .join(user)) }
      while let delivery = heap.pop() { handle(delivery) }
    }
    while let delivery = deferred.pop() { heap.push(delivery) }
    isSettingUp = false
    push(start, .join(EndToEndPlan.recorder))
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

  private mutating func push(_ time: Int64, _ item: CallDelivery.Item) {
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
      send(gateway.leave(user, at: time), at: time)
    case .tick: send(gateway.tick(time), at: time)
    case .up(let user, let action):
      guard connected.contains(user) else { return }
      switch action {
      case .sendKeyPackage(let bytes): send(gateway.keyPackage(bytes, from: user), at: time)
      case .sendCommitWelcome(let bytes):
        send(gateway.commitWelcome(bytes, from: user, at: time), at: time)
      case .sendTransitionReady(let id):
        send(gateway.ready(user, transition: id, at: time), at: time)
      case .sendInvalidCommitWelcome:
        send(gateway.invalidCommitWelcome(from: user), at: time)
      default: break
      }
    case .down(let user, let event): receive(event, by: user, at: time)
    }
  }

  private mutating func join(_ user: UInt64, at time: Int64) {
    guard !connected.contains(user) else { return }
    connected.append(user)
    clients[user] = CallClient(
      user: user, random: random.child(5).child(user).child(order),
      isCommitting: committers.contains(user))
    for other in connected where other != user {
      send(.usersConnected([user]), to: other, at: time)
    }
    send(.identified(connection: connection), to: user, at: time)
    send(.usersConnected(connected), to: user, at: time)
    send(gateway.join(user), at: time)
    send(.sessionDescription(version: 1, channel: gateway.channel), to: user, at: time)
  }
}

// MARK: - Messages

extension CallSimulation {
  /// Nanoseconds on the way to or from somebody. At a connection's begin servers are quick, so that
  /// the recorder misses little; later it hears of commits behind some of the speakers.
  private mutating func delay(_ user: UInt64, at time: Int64) -> Int64 {
    if isSettingUp { return 0 }
    let share = delays.uniform()
    if time < start + .milliseconds(500) { return .milliseconds(2 + 2 * share) }
    return .milliseconds(8 + share * (user == EndToEndPlan.recorder ? 80 : 40))
  }

  private mutating func send(_ event: DAVEEvent, to user: UInt64, at time: Int64) {
    let due = max(time + delay(user, at: time), clients[user]?.lastDown ?? 0)
    clients[user]?.lastDown = due
    push(due, .down(to: user, event))
  }

  private mutating func send(_ actions: [DAVEExternalSender.Action], at time: Int64) {
    for action in actions {
      switch action {
      case .externalSender(let user, let bytes): send(.externalSender(bytes), to: user, at: time)
      case .proposals(let users, let bytes):
        for user in users { send(.proposals(bytes), to: user, at: time) }
      case .announceCommit(let users, let id, let bytes):
        for user in users { send(.commit(transition: id, bytes), to: user, at: time) }
        push(time + .seconds(2.1), .tick)
      case .welcome(let user, let id, let bytes):
        send(.welcome(transition: id, bytes), to: user, at: time)
      case .executeTransition(let users, let id):
        for user in users { send(.executeTransition(id: id), to: user, at: time) }
      case .prepareEpoch(let users):
        for user in users { send(.prepareEpoch(epoch: 1, version: 1), to: user, at: time) }
      // All commit, and one is first.
      case .ignored: break
      }
    }
  }

  private mutating func receive(_ event: DAVEEvent, by user: UInt64, at time: Int64) {
    guard let actions = clients[user]?.handle(event, at: time) else { return }
    let isRecorder = user == EndToEndPlan.recorder
    if isRecorder { note(event, at: time) }
    if case .executeTransition(let id) = event { keys[user]?.execute(id) }
    for action in actions {
      switch action {
      case .sendKeyPackage, .sendCommitWelcome, .sendInvalidCommitWelcome, .sendTransitionReady:
        let due = max(time + delay(user, at: time), clients[user]?.lastUp ?? 0)
        clients[user]?.lastUp = due
        push(due, .up(from: user, action))
      case .install(let new):
        let number = secrets.number(new.epochAuthenticator)
        let secret = secrets.secret(of: user, in: number)
        if let key = try? SpeakerKeys.Key(epoch: new.epoch, secret: secret) {
          keys[user]?.install(key, transition: new.transition)
        }
      case .warn(let warning): warnings.append("\(user) at \(time): \(warning)")
      case .retireBefore, .allowPlaintext: break
      }
      if isRecorder { note(action, of: event, at: time) }
    }
  }
}

// MARK: - The recorder's log

extension CallSimulation {
  /// Who comes and goes is written down with the streams, but for the guest, who has none.
  private mutating func note(_ event: DAVEEvent, at time: Int64) {
    switch event {
    case .usersConnected([EndToEndPlan.guest]):
      let users = [String(EndToEndPlan.guest)]
      note(ClientConnectEvent(connection: connection, users: users), at: time)
    case .userDisconnected(EndToEndPlan.guest):
      let user = String(EndToEndPlan.guest)
      note(ClientDisconnectEvent(connection: connection, user: user), at: time)
    default: break
    }
  }

  private mutating func note(_ payload: some CaptureEventPayload, at time: Int64) {
    outputs.append(.event(CaptureEvent(payload, time: time)))
  }

  /// Keys come before what says that we are ready.
  private mutating func note(_ action: DAVEAction, of event: DAVEEvent, at time: Int64) {
    let session = clients[EndToEndPlan.recorder]?.session
    switch action {
    case .install(let new):
      let number = secrets.number(new.epochAuthenticator)
      for user in new.senders.keys.sorted() where user != EndToEndPlan.recorder {
        outputs.append(
          .key(
            user: String(user), incarnation: new.incarnation, epoch: new.epoch,
            secret: secrets.secret(of: user, in: number), time: time))
      }
      note(
        DAVEEpochEvent(
          connection: connection, incarnation: new.incarnation, epoch: new.epoch,
          transition: new.transition, origin: origin(new.origin), members: new.senders.count),
        at: time)
    case .sendTransitionReady(let id):
      let epoch: UInt64? = if case .member(let epoch)? = session?.state { epoch } else { nil }
      note(
        DAVETransitionEvent(
          connection: connection, incarnation: session?.incarnation ?? 0, epoch: epoch,
          transition: id, state: DAVETransitionEvent.ready), at: time)
    case .retireBefore(let connection, let incarnation, let epoch):
      let id: UInt16 = if case .executeTransition(let id) = event { id } else { 0 }
      note(
        DAVETransitionEvent(
          connection: connection, incarnation: incarnation, epoch: epoch, transition: id,
          state: DAVETransitionEvent.executed), at: time)
    default: break
    }
  }

  private func origin(_ origin: DAVEEpochKeys.Origin) -> String {
    switch origin {
    case .ownCommit: "own_commit"
    case .commit: "commit"
    case .welcome: "welcome"
    }
  }
}
