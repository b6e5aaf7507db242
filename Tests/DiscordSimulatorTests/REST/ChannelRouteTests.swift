import DiscordSimulator
import JSONValues
import Testing

@Suite("Channels, threads, webhooks, events")
struct ChannelRouteTests {
  @Test("Channels of all types have the fields of their type")
  func types() throws {
    var scene = Scene()
    let channels = try scene.call("GET", "/guilds/\(scene.ids.guild)/channels").json.array ?? []
    #expect(channels.map { $0["type"]?.integer } == [4, 0, 5, 0, 0, 2, 13, 15])
    let voice = channels.first { $0["type"] == 2 }
    #expect(voice?["bitrate"] == 64_000)
    #expect(channels[0]["last_message_id"] == nil)
    #expect(channels[1]["topic"] == "Tapes and everything else")
  }

  @Test("A channel is made, changed and deleted, with an event each")
  func life() throws {
    var scene = Scene()
    let made = try scene.call(
      "POST", "/guilds/\(scene.ids.guild)/channels", ["name": "new", "type": 2])
    #expect(made.status == 201)
    let path = "/channels/" + (made.json["id"]?.string ?? "")
    #expect(try scene.call("PATCH", path, ["name": "other"]).json["name"] == "other")
    #expect(scene.answer("DELETE", path).status == 200)
    #expect(try scene.failure("GET", path) == [404, 10003])
    #expect(scene.events() == ["CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"])
  }

  @Test("A thread on a message has the message's id, and there is one at most")
  func threadOnMessage() throws {
    var scene = Scene()
    let path = "/channels/\(scene.ids.general)/messages/\(scene.ids.firstMessage)/threads"
    let thread = try scene.call("POST", path, ["name": "about it"])
    #expect(thread.status == 201)
    #expect(thread.json["id"]?.string == String(scene.ids.firstMessage))
    #expect(thread.json["type"] == 11)
    #expect(try scene.failure("POST", path, ["name": "again"]) == [400, 160_004])
    #expect(scene.events() == ["THREAD_CREATE", "MESSAGE_UPDATE", "MESSAGE_CREATE"])
    let message = try scene.call(
      "GET", "/channels/\(scene.ids.general)/messages/\(scene.ids.firstMessage)"
    ).json
    #expect(message["thread"]?["name"] == "about it")
  }

  @Test("Active threads of the guild; archived ones of the channel")
  func threadLists() throws {
    var scene = Scene()
    let active = "/guilds/\(scene.ids.guild)/threads/active"
    #expect(
      try scene.call("GET", active).json["threads"]?.array?.map { $0["name"]?.string }
        == ["Next tapes", "Rain sounds"])
    #expect(
      try scene.call("PATCH", "/channels/\(scene.ids.thread)", ["archived": true]).status == 200)
    #expect(try scene.call("GET", active).json["threads"]?.array?.count == 1)
    let archived = try scene.call(
      "GET", "/channels/\(scene.ids.general)/threads/archived/public"
    ).json
    #expect(archived["threads"]?[0]?["name"] == "Next tapes")
    #expect(archived["has_more"] == false)
    // A message takes it out of the archive.
    _ = scene.answer("POST", "/channels/\(scene.ids.thread)/messages", ["content": "back"])
    #expect(try scene.call("GET", active).json["threads"]?.array?.count == 2)
  }

  @Test("A private thread is hidden from who is not in it")
  func privateThread() throws {
    var scene = Scene()
    scene.setPermissions([.viewChannel, .createPrivateThreads])
    let own = try scene.call("POST", "/channels/\(scene.ids.general)/threads", ["name": "own"])
    #expect(own.json["type"] == 12)
    let other = scene.world.createThread(
      .privateThread, name: "other", in: scene.ids.general, by: scene.ids.bob, now: scene.now)
    #expect(try scene.failure("GET", "/channels/\(other.id)") == [403, 50001])
    #expect(try scene.call("GET", "/channels/\(own.json["id"]?.string ?? "")").status == 200)
  }

  @Test("A post of a forum has its first message under the thread's id")
  func forumPost() throws {
    var scene = Scene()
    let path = "/channels/\(scene.ids.forum)/threads"
    #expect(try scene.failure("POST", path, ["name": "x"]) == [400, 50035])
    let post = try scene.call("POST", path, ["name": "x", "message": ["content": "first"]]).json
    #expect(post["message"]?["id"] == post["id"])
    #expect(post["message_count"] == 0)
  }

  @Test("Webhooks: made, listed, posted with, changed, deleted")
  func webhooks() throws {
    var scene = Scene()
    let list = "/channels/\(scene.ids.general)/webhooks"
    #expect(try scene.failure("POST", list, ["name": "Discord news"]) == [400, 50035])
    #expect(try scene.failure("POST", list, [:]) == [400, 50035])
    let hook = try scene.call("POST", list, ["name": "Tape"]).json
    let id = hook["id"]?.string ?? ""
    let path = "/webhooks/\(id)/\(hook["token"]?.string ?? "")"
    #expect(try scene.call("GET", list).json == [hook])
    #expect(scene.answer("POST", path, ["content": "x"], as: .nobody).status == 204)
    for wait in ["true", "1"] {
      let sent = try scene.call(
        "POST", path + "?wait=\(wait)", ["content": "hi", "username": "Someone"], as: .nobody)
      #expect(sent.status == 200)
      #expect(sent.json["author"]?["username"] == "Someone")
      #expect(sent.json["webhook_id"]?.string == id)
    }
    #expect(try scene.failure("POST", "/webhooks/\(id)/no", ["content": "x"]) == [401, 50027])
    #expect(try scene.failure("POST", "/webhooks/1/no", ["content": "x"]) == [404, 10015])
    #expect(try scene.failure("POST", path, ["content": ""], as: .nobody) == [400, 50006])
    #expect(try scene.call("PATCH", "/webhooks/\(id)", ["name": "New"]).json["name"] == "New")
    #expect(try scene.call("GET", path, as: .nobody).json["user"] == nil)
    #expect(scene.answer("DELETE", "/webhooks/\(id)").status == 204)
    #expect(try scene.failure("GET", "/webhooks/\(id)") == [404, 10015])
    #expect(scene.events().filter { $0 == "WEBHOOKS_UPDATE" }.count == 3)
  }

  @Test("Scheduled events: what each type needs, the states, the events")
  func scheduledEvents() throws {
    var scene = Scene()
    let path = "/guilds/\(scene.ids.guild)/scheduled-events"
    let voice: JSONValue = [
      "name": "Evening", "privacy_level": 2, "entity_type": 2,
      "scheduled_start_time": "2026-11-25T20:00:00Z",
      "channel_id": .string(String(scene.ids.voice)),
    ]
    let made = try scene.call("POST", path, voice).json
    #expect(made["scheduled_start_time"] == "2026-11-25T20:00:00.000000+00:00")
    let event = path + "/" + (made["id"]?.string ?? "")
    #expect(try scene.call("PATCH", event, ["status": 2]).json["status"] == 2)
    #expect(try scene.failure("PATCH", event, ["status": 1]) == [400, 180_000])
    #expect(try scene.call("GET", path + "?with_user_count=true").json[1]?["user_count"] == 0)
    var bad = voice
    bad["entity_type"] = 3
    #expect(try scene.failure("POST", path, bad) == [400, 50035])
    bad["entity_type"] = 1
    #expect(try scene.failure("POST", path, bad) == [404, 10003])
    bad = voice
    bad["scheduled_start_time"] = "2026-11-20T20:00:00Z"
    #expect(try scene.failure("POST", path, bad) == [400, 50035])
    #expect(scene.answer("DELETE", event).status == 204)
    #expect(try scene.failure("GET", event) == [404, 10070])
    #expect(
      scene.events() == [
        "GUILD_SCHEDULED_EVENT_CREATE", "GUILD_SCHEDULED_EVENT_UPDATE",
        "GUILD_SCHEDULED_EVENT_DELETE",
      ])
  }

  @Test("An invite leads to its channel, for everybody")
  func invites() throws {
    var scene = Scene()
    let invite = try scene.call("POST", "/channels/\(scene.ids.general)/invites", [:]).json
    let code = invite["code"]?.string ?? ""
    let event = scene.world.takeEvents().last
    #expect(event?.type == "INVITE_CREATE")
    #expect(event?.data["channel_id"]?.string == String(scene.ids.general))
    #expect(
      try scene.call("GET", "/invites/\(code)", as: .nobody).json["guild"]?["name"] == "Tape Club")
    #expect(scene.answer("DELETE", "/invites/\(code)").status == 200)
    #expect(scene.events() == ["INVITE_DELETE"])
    #expect(try scene.failure("GET", "/invites/\(code)") == [404, 10006])
  }

  @Test("Who joins, moves and leaves voice is told with the member")
  func voice() throws {
    var scene = Scene()
    scene.world.joinVoice(scene.ids.bob, channel: scene.ids.voice)
    scene.world.joinVoice(scene.ids.bob, channel: scene.ids.stage)
    let state = try scene.call(
      "GET", "/guilds/\(scene.ids.guild)/voice-states/\(scene.ids.bob)"
    ).json
    #expect(state["channel_id"]?.string == String(scene.ids.stage))
    #expect(state["suppress"] == true)
    scene.world.leaveVoice(scene.ids.bob, guild: scene.ids.guild)
    let events = scene.world.takeEvents()
    #expect(events.map(\.type) == Array(repeating: "VOICE_STATE_UPDATE", count: 3))
    #expect(events[0].data["member"]?["nick"] == "Bobby")
    #expect(events[2].data["channel_id"] == .null)
    #expect(
      try scene.failure("GET", "/guilds/\(scene.ids.guild)/voice-states/@me") == [404, 10065])
  }

  @Test("Somebody who leaves is gone from voice, and their own sessions lose the guild")
  func leaving() throws {
    var scene = Scene()
    scene.world.joinVoice(scene.ids.bob, channel: scene.ids.voice)
    scene.world.removeMember(scene.ids.bob, from: scene.ids.guild)
    #expect(
      scene.events() == [
        "VOICE_STATE_UPDATE", "VOICE_STATE_UPDATE", "GUILD_DELETE", "GUILD_MEMBER_REMOVE",
      ])
  }
}
