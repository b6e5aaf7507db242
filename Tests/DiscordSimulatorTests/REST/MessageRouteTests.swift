import DiscordSimulator
import JSONValues
import Testing

@Suite("Messages")
struct MessageRouteTests {
  private func contents(_ json: JSONValue) -> [String] {
    json.array?.compactMap { $0["content"]?.string } ?? []
  }

  private func numbered(_ count: Int) -> (Scene, World.ID, [World.ID]) {
    var scene = Scene()
    let channel = scene.world.createChannel(
      .text, name: "numbers", in: scene.ids.guild, now: scene.now)
    var ids: [World.ID] = []
    for number in 0..<count {
      let message = scene.world.send(
        MessageDraft("\(number)"), by: scene.ids.bob, in: channel.id,
        now: scene.now + World.Time(number) * 1000)
      ids.append(message.id)
    }
    scene.now += World.Time(count) * 1000
    _ = scene.world.takeEvents()
    return (scene, channel.id, ids)
  }

  @Test("Pages come newest first: the latest, before, after and around")
  func pages() throws {
    var (scene, channel, ids) = numbered(20)
    let path = "/channels/\(channel)/messages"
    #expect(contents(try scene.call("GET", path + "?limit=3").json) == ["19", "18", "17"])
    #expect(
      contents(try scene.call("GET", path + "?limit=2&before=\(ids[5])").json) == ["4", "3"])
    #expect(contents(try scene.call("GET", path + "?limit=2&after=\(ids[5])").json) == ["7", "6"])
    #expect(
      contents(try scene.call("GET", path + "?limit=3&around=\(ids[5])").json) == ["6", "5", "4"])
    #expect(contents(try scene.call("GET", path).json).count == 20)
    #expect(contents(try scene.call("GET", path + "?after=\(UInt64.max)").json).isEmpty)
    for query in ["limit=0", "limit=101", "limit=x", "before=x", "before=1&after=1"] {
      #expect(try scene.failure("GET", path + "?\(query)") == [400, 50035], "\(query)")
    }
  }

  @Test("A message is sent, read, edited and deleted, with an event each")
  func life() throws {
    var scene = Scene()
    let path = "/channels/\(scene.ids.general)/messages"
    let sent = try scene.call("POST", path, ["content": "  hello  ", "nonce": "n1"])
    #expect(sent.status == 200)
    #expect(sent.json["content"] == "hello")
    #expect(sent.json["nonce"] == "n1")
    let own = path + "/" + (sent.json["id"]?.string ?? "")
    #expect(try scene.call("GET", own).json["nonce"] == nil)
    let edited = try scene.call("PATCH", own, ["content": "bye"])
    #expect(edited.json["content"] == "bye")
    #expect(edited.json["edited_timestamp"]?.string == "2026-11-24T09:00:00.000000+00:00")
    #expect(scene.answer("DELETE", own).status == 204)
    #expect(try scene.failure("GET", own) == [404, 10008])
    #expect(try scene.failure("DELETE", own) == [404, 10008])
    #expect(scene.events() == ["MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"])
  }

  @Test("The event of a message has the guild and the author's member")
  func event() throws {
    var scene = Scene()
    scene.world.send(
      MessageDraft("<@\(scene.ids.carol)>"), by: scene.ids.bob, in: scene.ids.general,
      now: scene.now)
    let event = try #require(scene.world.takeEvents().first)
    #expect(event.audience == .channel(scene.ids.general, guild: scene.ids.guild))
    #expect(event.data["guild_id"]?.string == String(scene.ids.guild))
    #expect(event.data["member"]?["nick"] == "Bobby")
    #expect(event.data["member"]?["user"] == nil)
    #expect(event.data["mentions"]?[0]?["member"]?["joined_at"] != nil)
  }

  @Test("Bodies that are no message")
  func badBodies() throws {
    var scene = Scene()
    let path = "/channels/\(scene.ids.general)/messages"
    #expect(try scene.failure("POST", path, ["content": " \n "]) == [400, 50006])
    #expect(try scene.failure("POST", path, [:]) == [400, 50006])
    let long = String(repeating: "x", count: 2001)
    let (status, json) = try scene.call("POST", path, ["content": .string(long)])
    #expect(status == 400)
    #expect(json["errors"]?["content"]?["_errors"]?[0]?["code"] == "BASE_TYPE_MAX_LENGTH")
    #expect(
      json["errors"]?["content"]?["_errors"]?[0]?["message"] == "Must be 2000 or fewer in length.")
    let emojis = String(repeating: "🎧", count: 2000)
    #expect(try scene.call("POST", path, ["content": .string(emojis)]).status == 200)
    var broken = SimulatedRequest(
      method: "POST", target: "/api/v10" + path,
      headers: scene.headers(.bot) + [("Content-Type", "application/json")])
    broken.body = Array("{".utf8)
    #expect(scene.world.handle(broken, now: scene.now).status == 400)
    broken.headers.removeLast()
    #expect(scene.world.handle(broken, now: scene.now).status == 400)
    #expect(
      try scene.failure("POST", "/channels/\(scene.ids.forum)/messages", ["content": "x"]) == [
        400, 40058,
      ])
    #expect(
      try scene.failure("POST", "/channels/\(scene.ids.category)/messages", ["content": "x"]) == [
        400, 50008,
      ])
  }

  @Test("Errors of embeds are nested as the body is")
  func embedErrors() throws {
    var scene = Scene()
    let fields: JSONValue = [["name": "n", "value": .string(String(repeating: "v", count: 1025))]]
    let body: JSONValue = ["embeds": [["title": "ok"], ["fields": fields]]]
    let json = try scene.call("POST", "/channels/\(scene.ids.general)/messages", body).json
    let error = json["errors"]?["embeds"]?["1"]?["fields"]?["0"]?["value"]?["_errors"]?[0]
    #expect(error?["code"] == "BASE_TYPE_MAX_LENGTH")
  }

  @Test("The same nonce is one message when it is to be enforced, for some minutes")
  func nonce() throws {
    var scene = Scene()
    let path = "/channels/\(scene.ids.general)/messages"
    let body: JSONValue = ["content": "once", "nonce": 7, "enforce_nonce": true]
    let first = try scene.call("POST", path, body).json["id"]
    #expect(try scene.call("POST", path, body).json["id"] == first)
    #expect(scene.events() == ["MESSAGE_CREATE"])
    #expect(try scene.call("POST", path, ["content": "once", "nonce": 7]).json["id"] != first)
    scene.now += 600_000
    #expect(try scene.call("POST", path, body).json["id"] != first)
    let long = String(repeating: "n", count: 26)
    #expect(
      try scene.failure("POST", path, ["content": "x", "nonce": .string(long)]) == [400, 50035])
  }

  @Test("A reply points to its message and notifies its author unless told not to")
  func replies() throws {
    var scene = Scene()
    let path = "/channels/\(scene.ids.general)/messages"
    let target = String(scene.ids.firstMessage)
    let reference: JSONValue = ["message_id": .string(target)]
    let reply = try scene.call("POST", path, ["content": "hi", "message_reference": reference]).json
    #expect(reply["type"] == 19)
    #expect(reply["referenced_message"]?["id"]?.string == target)
    #expect(reply["mentions"]?[0]?["username"] == "alice")
    let quiet = try scene.call(
      "POST", path,
      ["content": "hi", "message_reference": reference, "allowed_mentions": ["parse": []]]
    ).json
    #expect(quiet["mentions"] == [])
    let (status, json) = try scene.call(
      "POST", path, ["content": "hi", "message_reference": ["message_id": "1"]])
    #expect(status == 400)
    #expect(
      json["errors"]?["message_reference"]?["_errors"]?[0]?["code"] == "REPLIES_UNKNOWN_MESSAGE")
    let gone: JSONValue = ["message_id": "1", "fail_if_not_exists": false]
    #expect(
      try scene.call("POST", path, ["content": "hi", "message_reference": gone]).json["type"] == 0)
    scene.world.delete([scene.ids.firstMessage], in: scene.ids.general)
    let id = reply["id"]?.string ?? ""
    #expect(try scene.call("GET", path + "/\(id)").json["referenced_message"] == .null)
  }

  @Test("One edits only one's own messages, and deletes others' with the permission")
  func othersMessages() throws {
    var scene = Scene()
    let path = "/channels/\(scene.ids.general)/messages/\(scene.ids.firstMessage)"
    #expect(try scene.failure("PATCH", path, ["content": "x"]) == [403, 50005])
    scene.setPermissions([.viewChannel, .readMessageHistory, .sendMessages])
    #expect(try scene.failure("DELETE", path) == [403, 50013])
    scene.setPermissions([.viewChannel, .manageMessages])
    #expect(scene.answer("DELETE", path).status == 204)
  }

  @Test("Bulk deletion takes 2 to 100 messages of the last 14 days, as strings or numbers")
  func bulkDeletion() throws {
    var (scene, channel, ids) = numbered(105)
    let path = "/channels/\(channel)/messages/bulk-delete"
    func body(_ ids: [World.ID]) -> JSONValue {
      ["messages": .array(ids.map { .string(String($0)) })]
    }
    #expect(try scene.failure("POST", path, body([ids[0]])) == [400, 50016])
    #expect(try scene.failure("POST", path, body(Array(ids[..<101]))) == [400, 50016])
    #expect(try scene.failure("POST", path, body([ids[0], ids[0]])) == [400, 50035])
    #expect(
      try scene.failure("POST", path, body([ids[0], scene.ids.firstMessage])) == [400, 50034])
    #expect(try scene.failure("POST", path, ["messages": ["a", "b"]]) == [400, 50035])
    #expect(scene.answer("POST", path, body(Array(ids[..<100]))).status == 204)
    #expect(scene.events() == ["MESSAGE_DELETE_BULK"])
    let numbers: JSONValue = [
      "messages": [.integer(Int64(ids[100])), .integer(Int64(ids[101])), .integer(Int64(ids[0]))]
    ]
    #expect(scene.answer("POST", path, numbers).status == 204)
    #expect(
      contents(try scene.call("GET", "/channels/\(channel)/messages").json) == [
        "104", "103", "102",
      ])
    scene.now += 15 * 86_400_000
    #expect(try scene.failure("POST", path, body(Array(ids[102...103]))) == [400, 50034])
  }

  @Test(
    "Without the intent for message content only one's own, direct and mentioning texts are seen")
  func messageContent() throws {
    var scene = Scene()
    scene.setFlags([])
    let path = "/channels/\(scene.ids.general)/messages"
    #expect(contents(try scene.call("GET", path + "?limit=1").json) == [""])
    scene.world.send(
      MessageDraft("<@\(scene.ids.bot)> hi"), by: scene.ids.bob, in: scene.ids.general,
      now: scene.now)
    #expect(contents(try scene.call("GET", path + "?limit=1").json) == ["<@\(scene.ids.bot)> hi"])
    #expect(try scene.call("POST", path, ["content": "mine"]).json["content"] == "mine")
    #expect(contents(try scene.call("GET", path + "?limit=1").json) == ["mine"])
  }

  @Test("Reactions are added, listed, counted and taken away")
  func reactions() throws {
    var scene = Scene()
    let message = "/channels/\(scene.ids.general)/messages/\(scene.ids.firstMessage)"
    let path = message + "/reactions/%F0%9F%91%8D"
    #expect(scene.answer("PUT", path + "/@me").status == 204)
    #expect(scene.answer("PUT", path + "/@me").status == 204)
    scene.world.react("👍", by: scene.ids.bob, to: scene.ids.firstMessage, in: scene.ids.general)
    let reaction = try scene.call("GET", message).json["reactions"]?[0]
    #expect(reaction?["count"] == 2)
    #expect(reaction?["me"] == true)
    #expect(try scene.call("GET", path).json.array?.count == 2)
    #expect(scene.answer("DELETE", path + "/\(scene.ids.bob)").status == 204)
    #expect(scene.answer("DELETE", path + "/@me").status == 204)
    #expect(try scene.call("GET", message).json["reactions"] == nil)
    #expect(try scene.failure("PUT", message + "/reactions/abc/@me") == [400, 10014])
    #expect(
      scene.events() == [
        "MESSAGE_REACTION_ADD", "MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE",
        "MESSAGE_REACTION_REMOVE",
      ])
  }

  @Test("Messages are pinned and listed with the time")
  func pins() throws {
    var scene = Scene()
    let path = "/channels/\(scene.ids.general)/messages/pins"
    #expect(scene.answer("PUT", path + "/\(scene.ids.firstMessage)").status == 204)
    let pins = try scene.call("GET", path).json
    #expect(pins["items"]?[0]?["message"]?["pinned"] == true)
    #expect(scene.events() == ["MESSAGE_UPDATE", "CHANNEL_PINS_UPDATE"])
  }

  @Test("People wait between messages in slow channels; bots do not")
  func slowmode() throws {
    var scene = Scene()
    scene.world.addUserToken("carols", for: scene.ids.carol)
    var channel = try #require(scene.world.channels[scene.ids.general])
    channel.slowmode = 10
    scene.world.update(channel)
    var request = SimulatedRequest(
      method: "POST", target: "/api/v10/channels/\(channel.id)/messages",
      headers: [("Authorization", "carols"), ("Content-Type", "application/json")],
      body: Array(#"{"content":"x"}"#.utf8))
    #expect(scene.world.handle(request, now: scene.now).status == 200)
    let refused = scene.world.handle(request, now: scene.now + 4000)
    #expect(refused.status == 429)
    let json = try JSONValue(parsing: refused.body)
    #expect(json["code"] == 20016)
    #expect(json["retry_after"]?.number == 6)
    #expect(scene.world.handle(request, now: scene.now + 10_000).status == 200)
    request.headers[0].value = "Bot \(scene.ids.botToken)"
    for _ in 0..<2 { #expect(scene.world.handle(request, now: scene.now).status == 200) }
  }
}
