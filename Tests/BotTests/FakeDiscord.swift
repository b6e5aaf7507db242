import Bot
import DiscordGateway
import DiscordREST
import JSONValues
import Logging
import Synchronization
import TestSupport
import Testing

/// A Discord that keeps what it is sent and answers with what it is told to.
final class FakeDiscord: HTTPTransport {
  struct Request: Sendable, CustomStringConvertible {
    var method: DiscordMethod
    var path: String
    var json: JSONValue

    var description: String { "\(method.rawValue) \(path)" }
  }

  private struct State {
    var requests: [Request] = []
    var answers: [String: (status: Int, json: JSONValue)] = [:]
    var number: Int64 = 1000
  }

  private let state = Mutex(State())

  /// What was sent, without what looks for the bot's own surroundings.
  var requests: [Request] { state.withLock(\.requests) }

  /// From now on `GET /path` (for instance) is answered so.
  func answer(_ call: String, _ json: JSONValue, status: Int = 200) {
    state.withLock { $0.answers[call] = (status, json) }
  }

  func execute(
    _ request: HTTPRequestDescription, maximumBodyBytes: Int, timeout: Duration
  ) async throws -> HTTPResponseDescription {
    let path = String(
      request.url.dropFirst("https://discord.com/api/v10".count).prefix { $0 != "?" })
    let body = try request.body?.collect() ?? []
    let json: JSONValue = body.isEmpty ? .null : try JSONValue(parsing: body)
    let (status, answer) = state.withLock { state -> (Int, JSONValue) in
      let call = Request(method: request.method, path: path, json: json)
      state.requests.append(call)
      if let answer = state.answers[call.description] { return answer }
      if path.hasSuffix("/messages") || path.contains("@original")
        || (path.hasPrefix("/webhooks/") && request.method == .post)
      {
        state.number += 1
        var message = json
        message["id"] = .string("\(state.number)")
        message["channel_id"] = "7"
        message["author"] = ["id": "1", "username": "tape"]
        return (200, message)
      }
      return (204, .null)
    }
    return HTTPResponseDescription(
      status: status, headers: [("Content-Type", "application/json")],
      body: status == 204 ? [] : answer.bytes)
  }
}

/// A bot over it, which has heard READY as user 1 of application 5.
struct BotFixture {
  let discord = FakeDiscord()
  let clock = ManualClock()
  let client: DiscordClient
  let bot: Bot
  let log: RecordingLogHandler.Log

  init(
    _ configuration: BotConfiguration = .init(), isReady: Bool = true
  ) throws {
    let (logger, log) = RecordingLogHandler.makeLogger()
    self.log = log
    client = DiscordClient(
      credential: try DiscordCredential(botToken: "MTIz.abc.def"), transport: discord)
    bot = Bot(
      client: client,
      gateway: GatewayClient(
        client: client, configuration: GatewayConfiguration(intents: .prefixCommands)),
      configuration: configuration, logger: logger, clock: clock)
    if isReady { bot.isReady(user: 1, application: 5) }
  }

  /// A message of user 2 in channel 7 of guild 9.
  func message(_ content: String, _ more: [String: JSONValue] = [:]) throws -> GatewayEvent {
    var json: [String: JSONValue] = [
      "id": "50", "channel_id": "7", "guild_id": "9", "type": 0, "content": .string(content),
      "author": ["id": "2", "username": "ada"], "timestamp": "2026-11-24T12:00:00+00:00",
      "member": ["roles": ["30"], "joined_at": "2026-01-01T00:00:00+00:00"],
    ]
    json.merge(more) { $1 }
    return .messageCreate(try Message(json: .object(json), client: client))
  }

  /// A slash command of user 2 in channel 7 of guild 9.
  func interaction(_ name: String, _ options: JSONValue = []) throws -> GatewayEvent {
    let json: JSONValue = [
      "id": "60", "application_id": "5", "type": 2, "token": "aToken", "guild_id": "9",
      "channel_id": "7", "version": 1,
      "member": [
        "user": ["id": "2", "username": "ada"], "roles": [], "permissions": "0",
        "joined_at": "2026-01-01T00:00:00+00:00",
      ],
      "data": ["id": "70", "name": .string(name), "type": 1, "options": options],
    ]
    return .interactionCreate(try Interaction(json: json, client: client))
  }

  /// The calls that the bot made, in order.
  var calls: [String] { discord.requests.map(\.description) }

  /// The texts that the bot sent, in order.
  var texts: [String] {
    discord.requests.compactMap { ($0.json["content"] ?? $0.json["data"]?["content"])?.string }
  }
}
