import DiscordSimulator
import JSONValues
import Testing

@Suite("Commands and interactions")
struct InteractionTests {
  /// The sample with the command `/echo`, used by bob.
  private func used(options: [JSONValue] = []) throws -> (Scene, World.Interaction) {
    var scene = Scene()
    scene.world.registerCommand(
      "echo", description: "Says it again", application: scene.ids.bot, now: scene.now)
    let interaction = scene.world.invoke(
      "echo", options: options, by: scene.ids.bob, in: scene.ids.general, now: scene.now)
    return (scene, try #require(interaction))
  }

  @Test("Commands are registered in bulk: those not named go, those named keep their ids")
  func bulk() throws {
    var scene = Scene()
    let path = "/applications/\(scene.ids.bot)/commands"
    let first = try scene.call(
      "PUT", path, [["name": "a", "description": "A"], ["name": "b", "description": "B"]])
    #expect(first.status == 200)
    #expect(first.json[0]?["type"] == 1)
    let second = try scene.call("PUT", path, [["name": "b", "description": "other"]]).json
    #expect(second[0]?["id"] == first.json[1]?["id"])
    #expect(try scene.call("GET", path).json == second)
    let guild = "/applications/\(scene.ids.bot)/guilds/\(scene.ids.guild)/commands"
    #expect(try scene.call("GET", guild).json == [])
    #expect(try scene.call("POST", guild, ["name": "c", "description": "C"]).status == 201)
    #expect(try scene.call("POST", guild, ["name": "c", "description": "D"]).status == 200)
    let id = try scene.call("GET", guild).json[0]?["id"]?.string ?? ""
    #expect(
      try scene.call("PATCH", guild + "/\(id)", ["description": "E"]).json["description"] == "E")
    #expect(scene.answer("DELETE", guild + "/\(id)").status == 204)
    #expect(try scene.failure("GET", guild + "/\(id)") == [404, 10063])
    #expect(try scene.failure("GET", "/applications/1/commands") == [404, 10002])
  }

  @Test("Commands that Discord refuses")
  func invalid() throws {
    var scene = Scene()
    let path = "/applications/\(scene.ids.bot)/commands"
    let json = try scene.call("PUT", path, [["name": "Upper", "description": "x"]]).json
    #expect(
      json["errors"]?["0"]?["name"]?["_errors"]?[0]?["code"] == "APPLICATION_COMMAND_INVALID_NAME")
    let optional: JSONValue = ["name": "o", "description": "x", "type": 3]
    let required: JSONValue = ["name": "r", "description": "x", "type": 3, "required": true]
    for command: JSONValue in [
      ["name": "a b", "description": "x"], ["name": "a"], ["description": "x"],
      ["name": "a", "description": "x", "options": [optional, required]],
      ["name": "a", "description": "x", "options": [optional, optional]],
      ["name": "a", "description": "x", "options": [["name": "n", "description": "d"]]],
    ] {
      #expect(try scene.failure("POST", path, command) == [400, 50035], "\(command)")
    }
    let twice: JSONValue = [
      ["name": "a", "description": "x"], ["name": "a", "description": "y"],
    ]
    #expect(try scene.failure("PUT", path, twice) == [400, 50035])
  }

  @Test("The event of a command is for its bot alone, with member, options and what they name")
  func event() throws {
    let (scene, interaction) = try used(
      options: [["name": "who", "type": 6, "value": .string(String(Scene().ids.carol))]])
    var world = scene.world
    let event = try #require(world.takeEvents().last)
    #expect(event.type == "INTERACTION_CREATE")
    #expect(event.audience == .users([scene.ids.bot]))
    #expect(event.data["token"]?.string == interaction.token)
    #expect(event.data["member"]?["user"]?["username"] == "bob")
    #expect(event.data["member"]?["permissions"]?.string != nil)
    #expect(event.data["data"]?["name"] == "echo")
    let carol = event.data["data"]?["resolved"]?["users"]?[String(scene.ids.carol)]
    #expect(carol?["username"] == "carol")
  }

  @Test("Who lacks the permissions that a command asks for cannot use it")
  func memberPermissions() throws {
    var scene = Scene()
    _ = try scene.call(
      "POST", "/applications/\(scene.ids.bot)/commands",
      ["name": "clean", "description": "x", "default_member_permissions": "8192"])
    #expect(
      scene.world.invoke("clean", by: scene.ids.carol, in: scene.ids.general, now: scene.now) == nil
    )
    #expect(
      scene.world.invoke("clean", by: scene.ids.bob, in: scene.ids.general, now: scene.now) != nil)
    #expect(
      scene.world.invoke("none", by: scene.ids.bob, in: scene.ids.general, now: scene.now) == nil)
  }

  @Test("A first answer within 3 s, once; then it is read, edited, deleted")
  func answers() throws {
    var (scene, interaction) = try used()
    let callback = "/interactions/\(interaction.id)/\(interaction.token)/callback"
    let original = "/webhooks/\(scene.ids.bot)/\(interaction.token)/messages/@original"
    #expect(try scene.failure("GET", original, as: .nobody) == [404, 10015])
    scene.now += 3000
    let body: JSONValue = ["type": 4, "data": ["content": "hi"]]
    #expect(scene.answer("POST", callback, body, as: .nobody).status == 204)
    #expect(try scene.failure("POST", callback, body, as: .nobody) == [400, 40060])
    let message = try scene.call("GET", original, as: .nobody).json
    #expect(message["content"] == "hi")
    #expect(message["interaction_metadata"]?["user"]?["username"] == "bob")
    #expect(
      try scene.call("PATCH", original, ["content": "edited"], as: .nobody).json["content"]
        == "edited")
    #expect(scene.answer("DELETE", original, as: .nobody).status == 204)
    #expect(try scene.failure("GET", original, as: .nobody) == [404, 10008])
  }

  @Test("After 3 s there is no first answer, after 15 min none at all")
  func tooLate() throws {
    var (scene, interaction) = try used()
    let callback = "/interactions/\(interaction.id)/\(interaction.token)/callback"
    let body: JSONValue = ["type": 5]
    var late = scene
    late.now += 3001
    #expect(try late.failure("POST", callback, body, as: .nobody) == [404, 10062])
    #expect(scene.answer("POST", callback, body, as: .nobody).status == 204)
    let followup = "/webhooks/\(scene.ids.bot)/\(interaction.token)"
    scene.now += 15 * 60_000
    #expect(try scene.failure("POST", followup, ["content": "x"], as: .nobody) == [401, 50027])
  }

  @Test("A deferred answer is filled by the next message; further ones follow")
  func deferred() throws {
    var (scene, interaction) = try used()
    let callback =
      "/interactions/\(interaction.id)/\(interaction.token)/callback?with_response=true"
    let followup = "/webhooks/\(scene.ids.bot)/\(interaction.token)"
    let response = try scene.call(
      "POST", callback, ["type": 5, "data": ["flags": 64]], as: .nobody)
    #expect(response.json["interaction"]?["response_message_loading"] == true)
    let id = response.json["resource"]?["message"]?["id"]
    scene.now += 60_000
    let filled = try scene.call("POST", followup, ["content": "ready"], as: .nobody).json
    #expect(filled["id"] == id)
    #expect(filled["content"] == "ready")
    #expect(filled["flags"] == 64)
    let more = try scene.call(
      "POST", followup, ["content": "more", "flags": 64], as: .nobody
    ).json
    #expect(more["id"] != id)
    // What is for one user alone is in no list.
    let list = try scene.call("GET", "/channels/\(scene.ids.general)/messages?limit=1").json
    #expect(list[0]?["content"] == "`rm -rf` @everyone")
    let event = try #require(scene.world.takeEvents().last { $0.type == "MESSAGE_CREATE" })
    #expect(event.audience == .users([scene.ids.bob, scene.ids.bot]))
  }

  @Test("A wrong token is no interaction")
  func wrongToken() throws {
    var (scene, interaction) = try used()
    #expect(
      try scene.failure("POST", "/interactions/\(interaction.id)/x/callback", ["type": 4])
        == [404, 10062])
    #expect(
      try scene.failure("POST", "/webhooks/\(scene.ids.bot)/x", ["content": "x"], as: .nobody)
        == [404, 10015])
  }

  @Test("A button's message is what its interaction answers with, changed or not")
  func components() throws {
    var scene = Scene()
    let row: JSONValue = ["type": 1, "components": [["type": 2, "style": 1, "custom_id": "stop"]]]
    let sent = try scene.call(
      "POST", "/channels/\(scene.ids.general)/messages", ["content": "REC", "components": [row]])
    let id = try #require(sent.json["id"]?.string.flatMap { UInt64($0) })
    let pressed = scene.world.press(
      "stop", on: id, in: scene.ids.general, by: scene.ids.bob, now: scene.now)
    let interaction = try #require(pressed)
    let event = try #require(scene.world.takeEvents().last)
    #expect(event.data["data"]?["custom_id"] == "stop")
    #expect(event.data["message"]?["content"] == "REC")
    let callback = "/interactions/\(interaction.id)/\(interaction.token)/callback"
    let change: JSONValue = ["type": 7, "data": ["content": "done", "components": []]]
    #expect(scene.answer("POST", callback, change, as: .nobody).status == 204)
    #expect(scene.events() == ["MESSAGE_UPDATE"])
    let original = "/webhooks/\(scene.ids.bot)/\(interaction.token)/messages/@original"
    let message = try scene.call("GET", original, as: .nobody).json
    #expect(message["id"] == sent.json["id"])
    #expect(message["content"] == "done")
  }
}
