internal import DiscordREST
internal import JSONValues

@testable import DiscordGateway

/// A session fed with lines: commands that begin with `!`, and otherwise messages of Discord.
struct GatewayRun {
  static let client: DiscordClient? = (try? DiscordCredential(botToken: "a.b.c")).map {
    DiscordClient(credential: $0, transport: NoTransport())
  }

  private(set) var session: GatewaySession
  private var now = Duration.seconds(1)
  private var random = CountingGenerator()
  private var connection = 0
  private var voiceStates = VoiceStates()
  private var last: Int64?

  init() {
    var settings = GatewaySession.Settings(intents: .recording)
    settings.fallbackURL = GatewayURL.fallback
    session = GatewaySession(settings: settings)
  }

  mutating func line(_ text: Substring) {
    guard text.first == "!" else {
      feed(.message(String(text), connection: connection))
      return
    }
    let rest = text.dropFirst(2)
    switch text.dropFirst().first {
    case "S": feed(.start)
    case "t":
      now += .milliseconds(Int64(rest).map { max(0, min($0, 1 << 40)) } ?? 0)
      feed(.time)
    case "T": waitForDeadline()
    case "d": feed(.disconnected(code: UInt16(rest), connection: connection))
    case "b": feed(.binaryMessage(connection: connection))
    case "x": feed(.broken(connection: connection))
    case "c": feed(.connected(connection: connection))
    case "g":
      feed(.gateway(GatewayInformation(url: String(rest), remainingStarts: rest.count % 3)))
    case "G": feed(.gateway(GatewayInformation(url: GatewayURL.fallback)))
    case "u": feed(.gatewayUnavailable)
    case "r": feed(.reconnect(resume: rest == "1"))
    case "s": feed(.send(op: rest.utf8.count, d: .string(String(rest))))
    case "o": feed(.message(String(rest), connection: connection - 1))
    case "q": feed(.stop)
    default: break
    }
  }

  /// However it was treated: with a gateway that behaves, it comes to live and passes events on.
  mutating func proveItGoesOn() {
    feed(.start)
    for _ in 0..<200 {
      if session.hasEnded { return }
      if session.isLive { break }
      var actions = waitForDeadline()
      if actions.contains(.askGateway) {
        actions += feed(.gateway(GatewayInformation(url: GatewayURL.fallback)))
      }
      if actions.contains(where: { if case .connect = $0 { true } else { false } }) { greet() }
    }
    precondition(session.isLive, "the session cannot go on")
    let next = (session.lastSequence ?? 0) + 1
    let actions = event("A", next)
    precondition(actions.contains { if case .dispatch = $0 { true } else { false } })
    precondition(session.lastSequence == next)
  }

  private mutating func greet() {
    feed(.connected(connection: connection))
    let actions = feed(
      .message(#"{"op":10,"d":{"heartbeat_interval":40000}}"#, connection: connection))
    for case .send(let payload, _) in actions {
      switch payload {
      case .identify: event("READY", 1)
      case .resume(_, let sequence): event("RESUMED", sequence + 1)
      default: break
      }
    }
  }

  @discardableResult
  private mutating func event(_ name: String, _ sequence: Int64) -> [SessionAction] {
    let d = #"{"session_id":"s","user":{"id":"1"}}"#
    return feed(
      .message(#"{"op":0,"t":"\#(name)","s":\#(sequence),"d":\#(d)}"#, connection: connection))
  }

  @discardableResult
  private mutating func waitForDeadline() -> [SessionAction] {
    now = max(now, session.deadline ?? now)
    return feed(.time)
  }

  @discardableResult
  private mutating func feed(_ input: SessionInput) -> [SessionAction] {
    let actions = session.handle(input, at: now, using: &random)
    for action in actions {
      switch action {
      case .connect(let url, let new):
        precondition(url.hasPrefix("wss://"))
        precondition(new > connection)
        connection = new
      case .send(let payload, _):
        if case .identify = payload { last = nil }
        _ = payload.text(token: "t")
      case .dispatch(let dispatch):
        if let sequence = dispatch.sequence {
          precondition(last.map { sequence > $0 } ?? true)
          last = sequence
        }
        voiceStates.apply(event: dispatch.name, dispatch.data)
        if let client = Self.client { _ = GatewayEvent(dispatch, client: client).kind }
      case .askGateway, .close, .note, .fail, .stopped: break
      }
    }
    return actions
  }
}

extension GatewayEvent {
  /// Touches what is made from the JSON when asked for.
  fileprivate var kind: Int {
    switch self {
    case .messageCreate(let message): "\(message) \(message.content)".count
    case .guildCreate(let guild): "\(guild)".count
    case .channelCreate(let channel): "\(channel)".count
    case .voiceStateUpdate(let state): "\(state) \(state.member?.description ?? "")".count
    case .interactionCreate(let interaction): "\(interaction)".count
    case .scheduledEventCreate(let event): "\(event)".count
    default: 0
    }
  }
}

/// Numbers that are all over the place and the same in each run.
struct CountingGenerator: RandomNumberGenerator {
  private var state: UInt64 = 0

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return state
  }
}

struct NoTransport: HTTPTransport {
  func execute(
    _ request: HTTPRequestDescription, maximumBodyBytes: Int, timeout: Duration
  ) async throws -> HTTPResponseDescription {
    throw HTTPTransportError(.notConnected, "no network")
  }
}
