import DiscordSimulator
import JSONValues
import Testing

@Suite("Accounts, guilds, members")
struct AccountRouteTests {
  @Test("A call without a token, or with a wrong one, is 401 with code 0")
  func unauthorized() throws {
    var scene = Scene()
    for account in [Scene.Account.nobody, .wrong] {
      let (status, json) = try scene.call("GET", "/users/@me", as: account)
      #expect(status == 401)
      #expect(json == ["message": "401: Unauthorized", "code": 0])
    }
  }

  @Test("The media type is exactly application/json")
  func mediaType() {
    var scene = Scene()
    #expect(scene.answer("GET", "/users/@me").header("content-type") == "application/json")
  }

  @Test("Unknown paths are 404 and known ones with another method 405")
  func unknownPaths() throws {
    var scene = Scene()
    #expect(try scene.failure("GET", "/nothing") == [404, 0])
    #expect(try scene.failure("PUT", "/users/@me/guilds") == [405, 0])
  }

  @Test("An id that is no number is an invalid form")
  func notASnowflake() throws {
    var scene = Scene()
    let (status, json) = try scene.call("GET", "/channels/general")
    #expect(status == 400)
    #expect(json["code"] == 50035)
    #expect(json["errors"]?["channel_id"]?["_errors"]?[0]?["code"] == "NUMBER_TYPE_COERCE")
  }

  @Test("The bot sees itself and its application")
  func me() throws {
    var scene = Scene()
    let me = try scene.call("GET", "/users/@me").json
    #expect(me["bot"] == true)
    #expect(me["username"] == "Tapedeck")
    let application = try scene.call("GET", "/applications/@me").json
    #expect(application["id"]?.string == String(scene.ids.bot))
    #expect(application["flags"]?.integer == (1 << 15) | (1 << 19))
    #expect(application["owner"]?["username"] == "alice")
    #expect(try scene.failure("GET", "/applications/@me", as: .user) == [403, 20002])
  }

  @Test("The gateway's address is for everybody, the limits of sessions for bots")
  func gateway() throws {
    var scene = Scene()
    scene.world.gatewayURL = "ws://127.0.0.1:1"
    #expect(try scene.call("GET", "/gateway", as: .nobody).json == ["url": "ws://127.0.0.1:1"])
    let bot = try scene.call("GET", "/gateway/bot").json
    #expect(bot["shards"] == 1)
    #expect(bot["session_start_limit"]?["max_concurrency"] == 1)
    #expect(try scene.failure("GET", "/gateway/bot", as: .nobody) == [401, 0])
  }

  @Test("Guilds come in the order of their ids, in pages")
  func guildPages() throws {
    var scene = Scene()
    var all = [scene.ids.guild]
    for number in 0..<4 {
      let guild = scene.world.createGuild("G\(number)", owner: scene.ids.alice, now: scene.now)
      scene.world.addMember(scene.ids.bot, to: guild.id, now: scene.now)
      all.append(guild.id)
    }
    func ids(_ json: JSONValue) -> [UInt64] {
      json.array?.compactMap { $0["id"]?.string.flatMap { UInt64($0) } } ?? []
    }
    #expect(ids(try scene.call("GET", "/users/@me/guilds").json) == all)
    #expect(ids(try scene.call("GET", "/users/@me/guilds?limit=2").json) == Array(all[..<2]))
    #expect(
      ids(try scene.call("GET", "/users/@me/guilds?limit=2&after=\(all[1])").json)
        == Array(all[2...3]))
    #expect(
      ids(try scene.call("GET", "/users/@me/guilds?limit=2&before=\(all[3])").json)
        == Array(all[1...2]))
    #expect(try scene.failure("GET", "/users/@me/guilds?limit=0") == [400, 50035])
    #expect(try scene.failure("GET", "/users/@me/guilds?limit=201") == [400, 50035])
  }

  @Test("A guild that one is not in does not exist")
  func foreignGuild() throws {
    var scene = Scene()
    let other = scene.world.createGuild("Other", owner: scene.ids.stranger, now: scene.now)
    #expect(try scene.failure("GET", "/guilds/\(other.id)") == [404, 10004])
    #expect(try scene.failure("GET", "/guilds/1") == [404, 10004])
    #expect(
      try scene.call("GET", "/guilds/\(scene.ids.guild)?with_counts=true")
        .json["approximate_member_count"] == 5)
  }

  @Test("The list of members needs the privileged intent")
  func memberList() throws {
    var scene = Scene()
    let path = "/guilds/\(scene.ids.guild)/members"
    #expect(try scene.call("GET", path).json.array?.count == 1)
    let first = try scene.call("GET", path + "?limit=2").json.array ?? []
    #expect(first.map { $0["user"]?["username"]?.string } == ["alice", "bob"])
    #expect(first.last?["nick"] == "Bobby")
    let rest = try scene.call("GET", path + "?limit=1000&after=\(scene.ids.bob)").json.array ?? []
    #expect(rest.map { $0["user"]?["username"]?.string } == ["carol", "mallory", "Tapedeck"])
    scene.setFlags([])
    #expect(try scene.failure("GET", path) == [403, 50001])
  }

  @Test("Members are found by the beginnings of their names")
  func memberSearch() throws {
    var scene = Scene()
    let path = "/guilds/\(scene.ids.guild)/members/search"
    func found(_ query: String) throws -> [String?] {
      try scene.call("GET", path + "?limit=10&query=\(query)").json.array?
        .map { $0["user"]?["username"]?.string } ?? []
    }
    #expect(try found("BOBB") == ["bob"])
    #expect(try found("car") == ["carol"])
    #expect(try found("obb") == [])
    #expect(try found("%40here") == ["mallory"])
    #expect(try scene.failure("GET", path) == [400, 50035])
  }

  @Test("The bot changes its nick, if it may, within 32 characters")
  func nick() throws {
    var scene = Scene()
    let path = "/guilds/\(scene.ids.guild)/members/@me"
    #expect(try scene.call("PATCH", path, ["nick": "● REC"]).json["nick"] == "● REC")
    #expect(scene.events() == ["GUILD_MEMBER_UPDATE"])
    #expect(try scene.call("PATCH", path, ["nick": .null]).json["nick"] == .null)
    let long = String(repeating: "x", count: 33)
    #expect(try scene.failure("PATCH", path, ["nick": .string(long)]) == [400, 50035])
    scene.setPermissions(.viewChannel)
    #expect(try scene.failure("PATCH", path, ["nick": "x"]) == [403, 50013])
  }

  @Test("Users and members that are not there")
  func unknownUsers() throws {
    var scene = Scene()
    #expect(try scene.failure("GET", "/users/1") == [404, 10013])
    #expect(try scene.failure("GET", "/guilds/\(scene.ids.guild)/members/1") == [404, 10013])
    #expect(
      try scene.failure("GET", "/guilds/\(scene.ids.guild)/members/\(scene.ids.stranger)")
        == [404, 10007])
    #expect(try scene.call("GET", "/users/\(scene.ids.stranger)").json["bot"] == nil)
  }

  @Test("A direct message's channel is made once; bots and unknown people have none")
  func directMessages() throws {
    var scene = Scene()
    let body: JSONValue = ["recipient_id": .string(String(scene.ids.bob))]
    let first = try scene.call("POST", "/users/@me/channels", body).json
    #expect(first["type"] == 1)
    #expect(first["recipients"]?[0]?["username"] == "bob")
    #expect(try scene.call("POST", "/users/@me/channels", body).json == first)
    #expect(
      try scene.failure("POST", "/users/@me/channels", ["recipient_id": "1"]) == [404, 10013])
    #expect(
      try scene.failure(
        "POST", "/users/@me/channels", ["recipient_id": .string("\(scene.ids.bot)")])
        == [400, 50007])
    scene.world.usersWithClosedDMs = [scene.ids.bob]
    let path = "/channels/\(first["id"]?.string ?? "")/messages"
    #expect(try scene.failure("POST", path, ["content": "hello"]) == [403, 50007])
  }
}
