import DiscordREST
import FoundationEssentials
import JSONValues
import Testing

@Suite("Deleting")
struct DeletionCallTests {
  private static let now = Date(timeIntervalSince1970: 1_800_000_000)

  /// An id made so long before now.
  private static func id(days: Double, _ number: UInt64 = 0) -> ID<Message> {
    let moment = Snowflake(date: now.addingTimeInterval(-days * 86_400))
    return ID(Snowflake(moment.rawValue + number))
  }

  @Test("One message, by object and by id, with a reason")
  func single() async throws {
    let script = try Script(.none, .none)
    let message = try Message(json: Sample.message(8), client: script.client)
    try await message.delete(reason: "spam & more")
    let channel = try Channel(json: Sample.channel, client: script.client)
    try await channel.deleteMessage(.id(9))
    #expect(
      script.lines == ["DELETE /channels/20/messages/8", "DELETE /channels/20/messages/9"])
    #expect(
      script.transport.requests[0].headers["x-audit-log-reason"]?.contains("spam") == true)
  }

  @Test("2 to 100 at once, each named once")
  func bulk() async throws {
    let script = try Script(.none)
    let channel = try Channel(json: Sample.channel, client: script.client)
    let ids = [Self.id(days: 1), Self.id(days: 2), Self.id(days: 1)]
    try await channel.bulkDelete(ids, now: Self.now)
    #expect(script.lines == ["POST /channels/20/messages/bulk-delete"])
    #expect(
      script.bodies[0]
        == ["messages": [Self.id(days: 2).json, Self.id(days: 1).json]])
  }

  @Test("One is deleted singly, and may be gone; none is nothing to do")
  func few() async throws {
    let script = try Script(
      .none, .json(["code": 10008, "message": "Unknown Message"], status: 404))
    let channel = try Channel(json: Sample.channel, client: script.client)
    // Singly also an old one can be deleted.
    try await channel.bulkDelete([Self.id(days: 100)], now: Self.now)
    try await channel.bulkDelete([Self.id(days: 1)], now: Self.now)
    try await channel.bulkDelete([], now: Self.now)
    #expect(script.lines.count == 2)
    #expect(script.lines.allSatisfy { $0.hasPrefix("DELETE ") })
  }

  @Test("More than 100, or one of 14 days, is refused before anything is sent")
  func refused() async throws {
    let script = try Script()
    let channel = try Channel(json: Sample.channel, client: script.client)
    let many = (0...100).map { Self.id(days: 1, $0) }
    for ids in [many, [Self.id(days: 1), Self.id(days: 14.01)]] {
      let error = await #expect(throws: DiscordError.self) {
        try await channel.bulkDelete(ids, now: Self.now)
      }
      #expect(error?.kind == .invalidArgument)
    }
    #expect(script.lines == [])
  }

  @Test("The plan: recent ones by the hundred, old ones and a lone one singly")
  func plan() {
    let recent = (0..<201).map { Self.id(days: 1, UInt64($0)) }
    let old = [Self.id(days: 13.99), Self.id(days: 30)]
    let plan = BulkDeletion.plan(recent + old, now: Self.now)
    #expect(plan.bulks.map(\.count) == [100, 100])
    #expect(plan.singles == [recent[200]] + old)
    #expect(BulkDeletion.plan([], now: Self.now).bulks.isEmpty)
  }

  @Test("Search and delete: recent in bulk, old singly, already gone ignored")
  func searchAndDelete() async throws {
    let ids = [Self.id(days: 1), Self.id(days: 2), Self.id(days: 20), Self.id(days: 30)]
    let script = try Script(
      .json(page(ids)), .none, .none,
      .json(["code": 10008, "message": "Unknown Message"], status: 404))
    let channel = try Channel(json: Sample.channel, client: script.client)
    let report = try await channel.searchAndDeleteAll("spam", now: Self.now)
    #expect(report.messages.map(\.id) == ids)
    #expect(report.deleted == 3)
    #expect(report.alreadyGone == 1)
    #expect(!report.isDryRun)
    #expect(
      script.lines.dropFirst() == [
        "POST /channels/20/messages/bulk-delete", "DELETE /channels/20/messages/\(ids[2])",
        "DELETE /channels/20/messages/\(ids[3])",
      ])
  }

  @Test("A dry run deletes nothing; a filter chooses among what was found")
  func dryRun() async throws {
    let ids = [Self.id(days: 1), Self.id(days: 2)]
    let script = try Script(.json(page(ids)), .json(page(ids)), .none)
    let channel = try Channel(json: Sample.channel, client: script.client)
    let dry = try await channel.searchAndDeleteAll("spam", dryRun: true, now: Self.now)
    #expect(dry.messages.count == 2)
    #expect(dry.deleted == 0)
    #expect(script.lines.count == 1)
    let kept = ids[0]
    let report = try await channel.searchAndDeleteAll(
      "spam", now: Self.now, matching: { $0.id != kept })
    #expect(report.deleted == 1)
    #expect(script.lines.last == "DELETE /channels/20/messages/\(ids[1])")
  }

  @Test("Without a text nothing is searched and nothing deleted", arguments: ["", "  "])
  func noText(text: String) async throws {
    let script = try Script()
    let channel = try Channel(json: Sample.channel, client: script.client)
    await #expect(throws: DiscordError.self) {
      try await channel.searchAndDeleteAll(SearchQuery(text))
    }
    await #expect(throws: DiscordError.self) {
      try await channel.searchAndDeleteAll(SearchQuery())
    }
    let direct = try Channel(json: ["id": "21", "type": 1], client: script.client)
    await #expect(throws: DiscordError.self) { try await direct.searchAndDeleteAll("x") }
    #expect(script.lines == [])
  }

  @Test("A failure that is not 'gone' ends it")
  func failure() async throws {
    let script = try Script(
      .json(page([Self.id(days: 20)])),
      .json(["code": 50013, "message": "Missing Permissions"], status: 403))
    let channel = try Channel(json: Sample.channel, client: script.client)
    let error = await #expect(throws: DiscordError.self) {
      try await channel.searchAndDeleteAll("spam", now: Self.now)
    }
    #expect(error?.discordCode == 50013)
  }

  private func page(_ ids: [ID<Message>]) -> JSONValue {
    [
      "total_results": .integer(Int64(ids.count)),
      "messages": .array(
        ids.map { id in
          var json = Sample.message(0, content: "spam")
          json["id"] = id.json
          return [json]
        }),
    ]
  }
}
