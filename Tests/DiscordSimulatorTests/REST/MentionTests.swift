import DiscordSimulator
import JSONValues
import Testing

@Suite("Mentions")
struct MentionTests {
  private let text = "<@BOB> <@!CAROL> <@&ROLE> @everyone"

  private func post(_ allowed: JSONValue?, everyone: Bool = true) throws -> [JSONValue?] {
    var scene = Scene()
    if everyone { scene.setPermissions([.viewChannel, .sendMessages, .mentionEveryone]) }
    let content = text.replacingOccurrences(scene.ids)
    var body: JSONValue = ["content": .string(content)]
    if let allowed {
      body["allowed_mentions"] = try JSONValue(
        parsing: Array(allowed.text().replacingOccurrences(scene.ids).utf8))
    }
    let json = try scene.call("POST", "/channels/\(scene.ids.general)/messages", body).json
    let names = json["mentions"]?.array?.compactMap { $0["username"] } ?? []
    return [
      .array(names), .integer(Int64(json["mention_roles"]?.array?.count ?? -1)),
      json["mention_everyone"],
    ]
  }

  @Test("Without the field, all of the text counts")
  func all() throws {
    #expect(try post(nil) == [["bob", "carol"], 1, true])
  }

  @Test("Everyone and roles need the permission")
  func permission() throws {
    #expect(try post(nil, everyone: false) == [["bob", "carol"], 0, false])
  }

  @Test("An empty list, or an empty object, allows nothing")
  func none() throws {
    #expect(try post(["parse": []]) == [[], 0, false])
    #expect(try post([:]) == [[], 0, false])
  }

  @Test("Kinds and single ids can be allowed")
  func some() throws {
    #expect(try post(["parse": ["users"]]) == [["bob", "carol"], 0, false])
    #expect(try post(["parse": ["everyone"]]) == [[], 0, true])
    #expect(try post(["users": ["CAROL"]]) == [["carol"], 0, false])
    #expect(try post(["roles": ["ROLE"], "parse": ["users"]]) == [["bob", "carol"], 1, false])
  }

  @Test("Contradictions and unknown kinds are refused")
  func invalid() throws {
    var scene = Scene()
    for allowed: JSONValue in [
      ["parse": ["users"], "users": ["1"]], ["parse": ["here"]], ["users": ["x"]],
      ["users": .array((0..<101).map { .string(String($0)) })],
    ] {
      let body: JSONValue = ["content": "x", "allowed_mentions": allowed]
      let failure = try scene.failure("POST", "/channels/\(scene.ids.general)/messages", body)
      #expect(failure == [400, 50035], "\(allowed)")
    }
  }
}

extension String {
  /// The text with the sample's ids in place of the words.
  fileprivate func replacingOccurrences(_ ids: World.Sample) -> String {
    var text = self
    for (word, id) in [("BOB", ids.bob), ("CAROL", ids.carol), ("ROLE", ids.moderatorRole)] {
      text = text.split(separator: word, omittingEmptySubsequences: false)
        .joined(separator: String(id))
    }
    return text
  }
}
