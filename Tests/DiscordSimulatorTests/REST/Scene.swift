import DiscordSimulator
import JSONValues

/// The sample world and somebody who calls it.
struct Scene {
  enum Account { case bot, user, nobody, wrong }

  /// 2026-11-24 09:00:00 UTC.
  static let start: World.Time = 1_795_510_800_000

  var world: World
  let ids: World.Sample
  var now = Scene.start

  init() {
    (world, ids) = World.sample(now: Scene.start)
  }

  func headers(_ account: Account) -> [(name: String, value: String)] {
    switch account {
    case .bot: [("Authorization", "Bot \(ids.botToken)")]
    case .user: [("Authorization", ids.userToken)]
    case .nobody: []
    case .wrong: [("Authorization", "Bot nonsense")]
    }
  }

  /// Makes a call and gives the answer.
  mutating func answer(
    _ method: String, _ path: String, _ body: JSONValue? = nil, as account: Account = .bot
  ) -> SimulatedResponse {
    var request = SimulatedRequest(
      method: method, target: "/api/v10" + path, headers: headers(account))
    if let body {
      request.headers.append(("Content-Type", "application/json"))
      request.body = body.bytes
    }
    return world.handle(request, now: now)
  }

  /// Makes a call and gives status and JSON.
  mutating func call(
    _ method: String, _ path: String, _ body: JSONValue? = nil, as account: Account = .bot
  ) throws -> (status: Int, json: JSONValue) {
    let answer = answer(method, path, body, as: account)
    if answer.body.isEmpty { return (answer.status, .null) }
    return (answer.status, try JSONValue(parsing: answer.body))
  }

  /// Status and Discord's code of a call that fails.
  mutating func failure(
    _ method: String, _ path: String, _ body: JSONValue? = nil, as account: Account = .bot
  ) throws -> [Int64] {
    let (status, json) = try call(method, path, body, as: account)
    return [Int64(status), json["code"]?.integer ?? -1]
  }

  /// The names of the events since the last look.
  mutating func events() -> [String] { world.takeEvents().map(\.type) }

  /// Changes the application.
  mutating func setFlags(_ flags: World.Application.Flags) {
    guard var application = world.applications[ids.bot] else { return }
    application.flags = flags
    world.update(application)
  }

  /// Gives the bot's role these permissions only, and everyone none.
  mutating func setPermissions(_ permissions: Permissions) {
    guard let guild = world.guilds[ids.guild], var role = guild.roles[ids.botRole],
      var everyone = guild.roles[ids.guild]
    else { return }
    role.permissions = permissions
    everyone.permissions = []
    world.update(role, in: ids.guild)
    world.update(everyone, in: ids.guild)
    _ = world.takeEvents()
  }
}
