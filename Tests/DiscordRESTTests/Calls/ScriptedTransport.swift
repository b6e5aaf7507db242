import DiscordREST
import JSONValues
import Synchronization

/// Answers requests by a script, without a socket, and remembers them.
final class ScriptedTransport: HTTPTransport {
  /// A request as tests look at it.
  struct Request: Sendable {
    /// `GET /guilds/1?limit=2`.
    var line: String
    /// The JSON body, also that of a multipart one; nil without.
    var json: JSONValue?
    /// The body as text.
    var text: String
    var headers: [String: String]
  }

  /// An answer: a status with JSON, or a lost connection.
  enum Answer: Sendable {
    case json(JSONValue, status: Int = 200)
    case bytes([UInt8])
    case lost
    static let none = Answer.json(.null, status: 204)
  }

  private struct State {
    var answers: [Answer]
    var requests: [Request] = []
  }

  private let state: Mutex<State>

  init(_ answers: [Answer]) {
    state = Mutex(State(answers: answers))
  }

  var requests: [Request] { state.withLock(\.requests) }
  var lines: [String] { requests.map(\.line) }
  /// Answers that nobody asked for.
  var left: Int { state.withLock(\.answers.count) }

  func execute(
    _ request: HTTPRequestDescription, maximumBodyBytes: Int, timeout: Duration
  ) async throws -> HTTPResponseDescription {
    let body = try request.body?.collect() ?? []
    let text = String(decoding: body, as: UTF8.self)
    let base = "https://discord.com/api/v10"
    let path = request.url.hasPrefix(base) ? String(request.url.dropFirst(base.count)) : request.url
    let seen = Request(
      line: "\(request.method.rawValue) \(path)", json: Self.json(text), text: text,
      headers: Dictionary(request.headers.map { ($0.name.lowercased(), $0.value) }) { $1 })
    let answer = state.withLock { state in
      state.requests.append(seen)
      return state.answers.isEmpty ? nil : state.answers.removeFirst()
    }
    switch answer {
    case .json(.null, let status): return HTTPResponseDescription(status: status)
    case .json(let json, let status):
      return HTTPResponseDescription(
        status: status, headers: [("Content-Type", "application/json")], body: json.bytes)
    case .bytes(let bytes):
      guard bytes.count <= maximumBodyBytes else {
        throw HTTPTransportError(.responseTooLarge, "too large")
      }
      return HTTPResponseDescription(status: 200, body: bytes)
    case .lost: throw HTTPTransportError(.connectionLost, "connection lost")
    case nil: throw HTTPTransportError(.invalidResponse, "no answer for \(seen.line)")
    }
  }

  private static func json(_ text: String) -> JSONValue? {
    if let json = try? JSONValue(parsing: Array(text.utf8)) { return json }
    // The first part of a multipart body.
    guard let start = text.range(of: "\r\n\r\n"),
      let end = text[start.upperBound...].range(of: "\r\n--")
    else { return nil }
    return try? JSONValue(parsing: Array(text[start.upperBound..<end.lowerBound].utf8))
  }
}

extension StringProtocol {
  /// The first place of a text, without Foundation.
  fileprivate func range(of text: String) -> Range<Index>? { self.ranges(of: text).first }
}

/// A clock whose sleepers wake at once, and which is later then.
final class LeapingClock: Clock {
  typealias Instant = ContinuousClock.Instant

  private let start = ContinuousClock.now
  private let slept = Mutex(Duration.zero)

  var now: Instant { start.advanced(by: slept.withLock { $0 }) }
  var minimumResolution: Duration { .nanoseconds(1) }
  /// How long everybody slept in all.
  var sleep: Duration { slept.withLock { $0 } }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    try Task.checkCancellation()
    let wait = now.duration(to: deadline)
    if wait > .zero { slept.withLock { $0 += wait } }
  }
}

/// A client on a scripted transport.
struct Script {
  let transport: ScriptedTransport
  let client: DiscordClient
  let clock = LeapingClock()

  init(
    _ answers: ScriptedTransport.Answer..., userToken: String? = nil,
    configure: (inout DiscordClient.Configuration) -> Void = { _ in }
  ) throws {
    var configuration = DiscordClient.Configuration()
    configure(&configuration)
    transport = ScriptedTransport(answers)
    client = DiscordClient(
      credential: try DiscordCredential(
        botToken: "MTAw.bot.token-of-the-test", userToken: userToken),
      transport: transport, configuration: configuration, clock: clock)
  }

  var lines: [String] { transport.lines }
  var bodies: [JSONValue?] { transport.requests.map(\.json) }
}

/// JSON of Discord's objects, no longer than tests need.
enum Sample {
  static let user: JSONValue = ["id": "7", "username": "ada", "global_name": "Ada"]

  static func message(
    _ id: Int64, channel: Int64 = 20, content: String = "hello", more: JSONValue = [:]
  ) -> JSONValue {
    var json: JSONValue = [
      "id": .string(String(id)), "channel_id": .string(String(channel)), "author": user,
      "content": .string(content),
    ]
    for (key, value) in more.object ?? [:] { json[key] = value }
    return json
  }

  static let channel: JSONValue = ["id": "20", "type": 0, "name": "general", "guild_id": "10"]
  static let guild: JSONValue = ["id": "10", "name": "Tape Club", "owner_id": "1"]

  static func member(_ id: Int64, nick: String? = nil) -> JSONValue {
    [
      "user": ["id": .string(String(id)), "username": .string("user\(id)")],
      "nick": nick.map { .string($0) } ?? .null, "roles": [], "joined_at": "2026-01-02T03:04:05Z",
    ]
  }
}
