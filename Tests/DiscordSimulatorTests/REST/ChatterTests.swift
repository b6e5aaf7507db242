import DiscordSimulator
import JSONValues
import Testing

@Suite("People who talk")
struct ChatterTests {
  @Test("Something happens each turn, and a bot's message is answered once")
  func turns() throws {
    var scene = Scene()
    var people = Chatter(scene.ids, seed: 5)
    for _ in 0..<8 {
      people.turn(&scene.world, now: scene.now)
      #expect(!scene.events().isEmpty)
      scene.now += 4000
    }
    let path = "/channels/\(scene.ids.general)/messages"
    let mine = try scene.call("POST", path, ["content": "Recording"]).json
    _ = scene.events()
    people.turn(&scene.world, now: scene.now)
    let events = scene.world.takeEvents()
    #expect(events.map(\.type) == ["MESSAGE_REACTION_ADD", "MESSAGE_CREATE"])
    #expect(events.last?.data["message_reference"]?["message_id"] == mine["id"])
    #expect(events.last?.data["mentions"]?[0]?["id"]?.string == String(scene.ids.bot))
    people.turn(&scene.world, now: scene.now)
    #expect(!scene.events().contains("MESSAGE_REACTION_ADD"))
  }
}
