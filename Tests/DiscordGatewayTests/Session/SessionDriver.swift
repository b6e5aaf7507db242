import DiscordGateway
import JSONValues
import TestSupport

/// Feeds a session by hand: its clock stands unless moved.
struct SessionDriver {
  var session: GatewaySession
  var now = Duration.seconds(1000)
  var random: SplitMix64
  /// The number of the connection that the session opened last.
  private(set) var connection = 0
  /// All actions so far.
  private(set) var actions: [SessionAction] = []

  static let url = "wss://gateway.discord.gg"
  static let resumeURL = "wss://gateway-us-east1-b.discord.gg"

  init(
    intents: Intents = .recording, seed: UInt64 = 1,
    _ change: (inout GatewaySession.Settings) -> Void = { _ in }
  ) {
    var settings = GatewaySession.Settings(intents: intents)
    change(&settings)
    session = GatewaySession(settings: settings)
    random = SplitMix64(seed: seed)
  }

  @discardableResult
  mutating func feed(_ input: SessionInput) -> [SessionAction] {
    let new = session.handle(input, at: now, using: &random)
    for case .connect(_, let connection) in new { self.connection = connection }
    actions += new
    return new
  }

  /// A message on the current connection.
  @discardableResult
  mutating func receive(_ text: String) -> [SessionAction] {
    feed(.message(text, connection: connection))
  }

  @discardableResult
  mutating func receive(op: Int, d: JSONValue = .null) -> [SessionAction] {
    receive(JSONValue.object(["op": .integer(Int64(op)), "d": d]).text())
  }

  @discardableResult
  mutating func event(
    _ name: String, _ sequence: Int64?, _ d: JSONValue = .object([:])
  ) -> [SessionAction] {
    receive(
      JSONValue.object([
        "op": .integer(0), "t": .string(name), "s": sequence.map { .integer($0) } ?? .null, "d": d,
      ]).text())
  }

  @discardableResult
  mutating func disconnect(_ code: UInt16? = nil) -> [SessionAction] {
    feed(.disconnected(code: code, connection: connection))
  }

  /// Lets time pass to the session's deadline, and tells it.
  @discardableResult
  mutating func passDeadline() -> [SessionAction] {
    now = max(now, session.deadline ?? now)
    return feed(.time)
  }

  @discardableResult
  mutating func pass(_ time: Duration) -> [SessionAction] {
    var all: [SessionAction] = []
    let end = now + time
    while let deadline = session.deadline, deadline <= end {
      all += passDeadline()
    }
    now = end
    return all
  }

  mutating func answerGateway(remaining: Int? = 1000, resetAfter: Duration = .zero) {
    feed(
      .gateway(
        GatewayInformation(url: Self.url, remainingStarts: remaining, resetAfter: resetAfter)))
  }

  /// From the start to the open WebSocket.
  mutating func open() {
    feed(.start)
    answerGateway()
    feed(.connected(connection: connection))
  }

  @discardableResult
  mutating func hello(interval: Int64 = 40_000) -> [SessionAction] {
    receive(op: 10, d: ["heartbeat_interval": .integer(interval)])
  }

  @discardableResult
  mutating func ready(
    _ sequence: Int64 = 1, session: String = "S", url: String = resumeURL
  ) -> [SessionAction] {
    event(
      "READY", sequence,
      [
        "session_id": .string(session), "resume_gateway_url": .string(url),
        "user": ["id": "1", "username": "recorder"], "guilds": [],
      ])
  }

  /// A driver whose session is live, READY being event 1.
  static func live(
    intents: Intents = .recording, seed: UInt64 = 1,
    _ change: (inout GatewaySession.Settings) -> Void = { _ in }
  ) -> SessionDriver {
    var driver = SessionDriver(intents: intents, seed: seed, change)
    driver.open()
    driver.hello()
    driver.ready()
    return driver
  }

  /// Waits for the next connection of a session that is to be resumed, up to Resume.
  @discardableResult
  mutating func resumeConnection() -> [SessionAction] {
    var all: [SessionAction] = []
    let before = connection
    while connection == before, session.deadline != nil { all += passDeadline() }
    all += feed(.connected(connection: connection))
    all += hello()
    return all
  }

  /// Waits for the next connection of a new session, up to Identify.
  @discardableResult
  mutating func identifyConnection() -> [SessionAction] {
    var all: [SessionAction] = []
    let before = connection
    while connection == before, session.deadline != nil {
      let new = passDeadline()
      all += new
      if new.contains(.askGateway) { answerGateway() }
    }
    all += feed(.connected(connection: connection))
    all += hello()
    return all
  }
}

extension [SessionAction] {
  var dispatched: [String] {
    compactMap { if case .dispatch(let dispatch) = $0 { dispatch.name } else { nil } }
  }

  var sequences: [Int64] {
    compactMap { if case .dispatch(let dispatch) = $0 { dispatch.sequence } else { nil } }
  }

  var sent: [SessionPayload] {
    compactMap { if case .send(let payload, _) = $0 { payload } else { nil } }
  }

  var urls: [String] {
    compactMap { if case .connect(let url, _) = $0 { url } else { nil } }
  }

  var closes: [UInt16] {
    compactMap { if case .close(let code, _) = $0 { code } else { nil } }
  }

  var notes: [SessionNote] {
    compactMap { if case .note(let note) = $0 { note } else { nil } }
  }

  var errors: [GatewayError] {
    compactMap { if case .fail(let error) = $0 { error } else { nil } }
  }

  /// The wait before the next connection, and whether it resumes.
  var reconnect: (resumes: Bool, delay: Duration)? {
    for case .note(.reconnecting(_, let resumes, let delay)) in self { return (resumes, delay) }
    return nil
  }

  var identifies: Int {
    sent.count { if case .identify = $0 { true } else { false } }
  }

  var heartbeats: [Int64?] {
    sent.compactMap { payload -> Int64?? in
      if case .heartbeat(let sequence) = payload { .some(sequence) } else { nil }
    }
  }
}
