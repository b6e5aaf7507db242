import DiscordGateway
import DiscordSimulator
import JSONValues
import TestSupport

/// A session and a simulated gateway on one simulated clock, with a network between them that is
/// slow by chance and loses what is under way when a connection is reset. Nothing waits, nothing is
/// parallel: the same seed is the same run.
struct FaultRun {
  private enum Step {
    case toClient(SessionInput, connection: Int)
    case toServer(String, connection: Int)
    case opens(target: String, connection: Int)
    case clientCloses(UInt16, connection: Int)
    case gatewayAsked
    case worldEvent(Int)
  }

  private struct Wire {
    var down = Duration.zero
    var up = Duration.zero
    var isDead = false
  }

  /// What the client made of one session.
  struct Received {
    var session: String
    var followsLost: Bool
    var events: [Int] = []
  }

  private(set) var session: GatewaySession
  private(set) var server: GatewayServer
  private(set) var world = FaultWorld()
  private(set) var now = Duration.zero
  private var random: SplitMix64
  private var sessionRandom: SplitMix64
  private var steps: [(time: Duration, order: Int, step: Step)] = []
  private var order = 0
  private var wires: [Int: Wire] = [:]
  private let eventCount: Int

  /// The events of each session that the server numbered, in order.
  private(set) var truth: [String: [Int]] = [:]
  private(set) var received: [Received] = []
  private(set) var voiceStates = VoiceStates()
  private(set) var identifyTimes: [Duration] = []
  private(set) var errors: [GatewayError] = []
  private(set) var notes: [SessionNote] = []
  private(set) var maximumQueue = 0

  init(seed: UInt64, faults: [GatewayFault], events: Int, replayLimit: Int = 20_000) {
    var rules = GatewayRules()
    rules.replayLimit = replayLimit
    rules.resumeURL = "wss://resume.discord.gg/resume"
    server = GatewayServer(rules: rules, faults: faults)
    session = GatewaySession(
      settings: .init(intents: [.guilds, .guildVoiceStates, .guildMessages]))
    random = SplitMix64(seed: seed)
    sessionRandom = SplitMix64(seed: seed &+ 1)
    eventCount = events
  }

  /// Runs until all has happened and the client knows of it, at most two hours of its time.
  mutating func run() {
    var time = Duration.seconds(2)
    for number in 1...eventCount {
      schedule(time, .worldEvent(number))
      time += .milliseconds(Int.random(in: 20...2000, using: &random))
    }
    feed(.start)
    while now < .seconds(7200) + time, errors.isEmpty, !(steps.isEmpty && isDone) {
      advance()
    }
  }

  /// Whether the client has all of the session that it is in.
  var isDone: Bool {
    guard session.isLive, let last = received.last else { return false }
    return server.sessions[last.session] != nil && last.events == truth[last.session] ?? []
  }

  private mutating func advance() {
    let next = [steps.last?.time, session.deadline, server.nextDeadline].compactMap(\.self).min()
    guard let next else {
      now = .seconds(100_000)
      return
    }
    now = max(now, next)
    if let last = steps.last, last.time <= now {
      steps.removeLast()
      perform(last.step)
    } else if let deadline = session.deadline, deadline <= now {
      feed(.time)
    } else {
      act(server.tick(now: now, world: world))
    }
  }

  private mutating func perform(_ step: Step) {
    switch step {
    case .toClient(let input, let connection):
      // What was under way on a reset connection is lost, but for the news of it.
      if wires[connection]?.isDead == true {
        guard case .disconnected = input else { return }
      }
      feed(input)
    case .toServer(let text, let connection):
      guard wires[connection]?.isDead == false else { return }
      act(server.received(Array(text.utf8), from: UInt64(connection), now: now, world: world))
    case .opens(let target, let connection):
      guard server.admitsConnection(now: now) else {
        toClient(.disconnected(code: nil, connection: connection), connection)
        return
      }
      wires[connection] = Wire(down: now, up: now)
      toClient(.connected(connection: connection), connection)
      act(server.opened(UInt64(connection), target: target, now: now, world: world))
    case .clientCloses(let code, let connection):
      server.closed(UInt64(connection), code: code, now: now)
      wires[connection]?.isDead = true
    case .gatewayAsked:
      guard Int.random(in: 0..<10, using: &random) > 0 else {
        feed(.gatewayUnavailable)
        return
      }
      let limit = server.sessionStartLimit(of: FaultWorld.bot, now: now)
      feed(
        .gateway(
          GatewayInformation(
            url: "wss://gateway.discord.gg",
            remainingStarts: limit["remaining"]?.integer.map(Int.init),
            resetAfter: .milliseconds(limit["reset_after"]?.integer ?? 0))))
    case .worldEvent(let number):
      let event = world.happen(number)
      for id in server.sessions.keys { truth[id, default: []].append(number) }
      act(server.dispatch(event, now: now, world: world))
      _ = server.takeEndedSessions()
    }
  }

  private mutating func feed(_ input: SessionInput) {
    for action in session.handle(input, at: now, using: &sessionRandom) {
      switch action {
      case .askGateway: schedule(now + latency(), .gatewayAsked)
      case .connect(let url, let connection):
        let target = "/" + url.split(separator: "/").dropFirst(2).joined(separator: "/")
        schedule(now + latency() * 3, .opens(target: target, connection: connection))
      case .send(let payload, let connection):
        if case .identify = payload { identifyTimes.append(now) }
        toServer(.toServer(payload.text(token: "token"), connection: connection), connection)
      case .close(let code, let connection):
        toServer(.clientCloses(code, connection: connection), connection)
      case .dispatch(let dispatch): take(dispatch)
      case .note(let note): notes.append(note)
      case .fail(let error): errors.append(error)
      case .stopped: break
      }
    }
    maximumQueue = max(maximumQueue, session.queuedCount)
  }

  private mutating func take(_ dispatch: SessionDispatch) {
    voiceStates.apply(event: dispatch.name, dispatch.data)
    if dispatch.name == "READY" {
      received.append(
        Received(
          session: dispatch.data["session_id"]?.string ?? "",
          followsLost: dispatch.followsLostSession))
    } else if let number = dispatch.data["id"]?.string.flatMap(Int.init), !received.isEmpty,
      dispatch.name != "GUILD_CREATE"
    {
      received[received.count - 1].events.append(number)
    }
  }

  private mutating func act(_ outputs: [GatewayOutput]) {
    for output in outputs {
      switch output {
      case .send(let id, let json): toClient(.message(json.text(), connection: Int(id)), Int(id))
      case .sendText(let id, let text): toClient(.message(text, connection: Int(id)), Int(id))
      case .pause(let id, let length):
        let down = wires[Int(id)]?.down ?? now
        wires[Int(id)]?.down = max(down, now) + length
      case .close(let id, let code, _):
        toClient(.disconnected(code: code, connection: Int(id)), Int(id))
        server.closed(id, code: nil, now: now)
      case .reset(let id):
        wires[Int(id)]?.isDead = true
        schedule(
          now + latency(),
          .toClient(.disconnected(code: nil, connection: Int(id)), connection: Int(id)))
        server.closed(id, code: nil, now: now)
      case .silence, .voiceState: break
      }
    }
  }

  /// In order, like TCP.
  private mutating func toClient(_ input: SessionInput, _ connection: Int) {
    let time = max(wires[connection]?.down ?? now, now + latency())
    wires[connection]?.down = time
    schedule(time, .toClient(input, connection: connection))
  }

  private mutating func toServer(_ step: Step, _ connection: Int) {
    let time = max(wires[connection]?.up ?? now, now + latency())
    wires[connection]?.up = time
    schedule(time, step)
  }

  private mutating func latency() -> Duration {
    .milliseconds(Int.random(in: 5...120, using: &random))
  }

  /// The next step is last.
  private mutating func schedule(_ time: Duration, _ step: Step) {
    order += 1
    var (low, high) = (0, steps.count)
    while low < high {
      let middle = (low + high) / 2
      if (steps[middle].time, steps[middle].order) > (time, order) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    steps.insert((time, order, step), at: low)
  }
}
