import DiscordSimulator
import JSONValues
import Testing

@Suite("Permissions")
struct PermissionMatrixTests {
  /// A call that needs a permission, and how it fails without it.
  struct Rule: Sendable, CustomTestStringConvertible {
    var method: String
    var path: String
    var body: JSONValue?
    var needs: Permissions
    var failure: [Int64] = [403, 50013]
    var testDescription: String { "\(method) \(path)" }
  }

  static let rules: [Rule] = [
    Rule(
      method: "POST", path: "/channels/GENERAL/messages", body: ["content": "x"],
      needs: .sendMessages),
    Rule(
      method: "POST", path: "/channels/THREAD/messages", body: ["content": "x"],
      needs: .sendMessagesInThreads),
    Rule(
      method: "POST", path: "/channels/VOICE/messages", body: ["content": "x"],
      needs: [.sendMessages, .connect], failure: [403, 50001]),
    Rule(
      method: "GET", path: "/channels/GENERAL/messages/FIRST", needs: .readMessageHistory,
      failure: [403, 50001]),
    Rule(method: "DELETE", path: "/channels/GENERAL/messages/FIRST", needs: .manageMessages),
    Rule(
      method: "PUT", path: "/channels/GENERAL/messages/FIRST/reactions/%F0%9F%91%8D/@me",
      needs: [.readMessageHistory, .addReactions]),
    Rule(method: "PUT", path: "/channels/GENERAL/messages/pins/FIRST", needs: .pinMessages),
    Rule(
      method: "POST", path: "/channels/GENERAL/messages/FIRST/threads", body: ["name": "t"],
      needs: .createPublicThreads),
    Rule(
      method: "POST", path: "/channels/GENERAL/threads", body: ["name": "t"],
      needs: .createPrivateThreads),
    Rule(
      method: "POST", path: "/channels/GENERAL/threads", body: ["name": "t", "type": 11],
      needs: .createPublicThreads),
    Rule(method: "GET", path: "/channels/GENERAL/webhooks", needs: .manageWebhooks),
    Rule(
      method: "POST", path: "/channels/GENERAL/webhooks", body: ["name": "hook"],
      needs: .manageWebhooks),
    Rule(method: "GET", path: "/guilds/GUILD/webhooks", needs: .manageWebhooks),
    Rule(method: "PATCH", path: "/channels/GENERAL", body: ["topic": "t"], needs: .manageChannels),
    Rule(method: "DELETE", path: "/channels/GENERAL", needs: .manageChannels),
    Rule(
      method: "POST", path: "/guilds/GUILD/channels", body: ["name": "c"], needs: .manageChannels),
    Rule(method: "POST", path: "/channels/GENERAL/invites", body: [:], needs: .createInvite),
    Rule(method: "POST", path: "/channels/GENERAL/typing", needs: .sendMessages),
    Rule(method: "DELETE", path: "/guilds/GUILD/members/BOB", needs: .kickMembers),
    Rule(
      method: "PATCH", path: "/guilds/GUILD/members/BOB", body: ["nick": "x"],
      needs: .manageNicknames),
    Rule(method: "DELETE", path: "/guilds/GUILD/scheduled-events/EVENT", needs: .manageEvents),
  ]

  private func path(_ rule: Rule, _ ids: World.Sample) -> String {
    let names = [
      "GENERAL": ids.general, "THREAD": ids.thread, "VOICE": ids.voice, "FIRST": ids.firstMessage,
      "GUILD": ids.guild, "BOB": ids.bob, "EVENT": ids.event,
    ]
    return rule.path.split(separator: "/").map { part in
      "/" + (names[String(part)].map { String($0) } ?? String(part))
    }.joined()
  }

  @Test("A call works with just its permission and fails without", arguments: rules)
  func matrix(_ rule: Rule) throws {
    var scene = Scene()
    scene.setPermissions(rule.needs.union(.viewChannel))
    let (status, json) = try scene.call(rule.method, path(rule, scene.ids), rule.body)
    #expect((200..<300).contains(status), "\(json)")

    var other = Scene()
    other.setPermissions(
      Permissions.all.subtracting(rule.needs).subtracting(.administrator)
        .subtracting(rule.method == "PUT" && rule.path.contains("pins") ? .manageMessages : []))
    #expect(try other.failure(rule.method, path(rule, other.ids), rule.body) == rule.failure)
    #expect(other.events() == [])
  }

  @Test("An administrator may do all of it", arguments: rules)
  func administrator(_ rule: Rule) throws {
    var scene = Scene()
    scene.setPermissions(.administrator)
    #expect(
      (200..<300).contains(scene.answer(rule.method, path(rule, scene.ids), rule.body).status))
  }

  @Test("A channel that one cannot see is 50001, one that does not exist 10003")
  func hiddenChannel() throws {
    var scene = Scene()
    #expect(try scene.failure("GET", "/channels/\(scene.ids.moderators)") == [403, 50001])
    #expect(try scene.failure("GET", "/channels/\(scene.ids.moderators)/messages") == [403, 50001])
    #expect(try scene.failure("GET", "/channels/1") == [404, 10003])
    // The list of channels names it all the same, as Discord's does.
    let names = try scene.call("GET", "/guilds/\(scene.ids.guild)/channels").json.array?
      .compactMap { $0["name"]?.string }
    #expect(names?.contains("moderators") == true)
  }

  @Test("Overwrites: everyone's, then roles', then the member's")
  func overwrites() throws {
    var scene = Scene()
    #expect(
      try scene.failure("POST", "/channels/\(scene.ids.rules)/messages", ["content": "x"])
        == [403, 50013])
    var channel = try #require(scene.world.channels[scene.ids.rules])
    channel.overwrites.append(
      .init(id: scene.ids.bot, kind: .member, allow: .sendMessages, deny: []))
    scene.world.update(channel)
    #expect(
      try scene.call("POST", "/channels/\(scene.ids.rules)/messages", ["content": "x"]).status
        == 200)
  }

  @Test("Without the history the list of messages is empty, and no error")
  func noHistory() throws {
    var scene = Scene()
    scene.setPermissions(.viewChannel)
    let (status, json) = try scene.call("GET", "/channels/\(scene.ids.general)/messages")
    #expect(status == 200)
    #expect(json == [])
  }
}
