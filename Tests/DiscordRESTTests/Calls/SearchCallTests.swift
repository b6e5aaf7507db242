import DiscordREST
import FoundationEssentials
import JSONValues
import Synchronization
import Testing

@Suite("Search")
struct SearchCallTests {
  @Test("Every filter, in Discord's names")
  func filters() async throws {
    let script = try Script(.json(Self.page([9])))
    let guild = try Guild(json: Sample.guild, client: script.client)
    let ada = try User(json: Sample.user, client: script.client)
    var query = SearchQuery(
      "tape hiss", authors: [ada, ID<User>(8)], channels: [ID<Channel>(20)], mentions: [ada],
      has: [.file, .link.without], before: try SearchBound("2026-05-02"), after: .snowflake(4),
      isPinned: true, order: .oldestFirst, offset: 25, limit: 10, threads: .included)
    query.authorTypes = ["-bot"]
    query.mentionsEveryone = false
    query.includesAgeRestricted = true
    query.more = ["link_hostname": ["example.org"]]
    let found = try await guild.search(query)
    #expect(found.map(\.url) == ["https://discord.com/channels/10/20/9"])
    let line = try #require(script.lines.first)
    #expect(line.hasPrefix("GET /guilds/10/messages/search?"))
    let items = Set(line.split(separator: "?")[1].split(separator: "&").map(String.init))
    let before = Snowflake(date: Date(timeIntervalSince1970: 1_777_680_000))
    #expect(
      items == [
        "content=tape%20hiss", "max_id=\(before)", "min_id=4", "pinned=true",
        "mention_everyone=false", "include_nsfw=true", "sort_by=timestamp", "sort_order=asc",
        "offset=25", "limit=10", "author_id=7", "author_id=8", "author_type=-bot",
        "channel_id=20", "mentions=7", "has=file", "has=-link", "link_hostname=example.org",
      ])
  }

  @Test("Beyond the documented limits nothing is sent")
  func limits() async throws {
    let script = try Script()
    let guild = try Guild(json: Sample.guild, client: script.client)
    for query in [
      SearchQuery("x", limit: 0), SearchQuery("x", limit: 26), SearchQuery("x", offset: -1),
      SearchQuery("x", offset: 9976),
    ] {
      let error = await #expect(throws: DiscordError.self) { try await guild.search(query) }
      #expect(error?.kind == .invalidArgument)
      #expect(error?.hint?.contains("searchAll") == true)
    }
    #expect(script.lines == [])
  }

  @Test("A bound is a day, a time or an id")
  func bounds() throws {
    #expect(try SearchBound("2015-01-01T00:00:01Z").snowflake == Snowflake(1000 << 22))
    #expect(try SearchBound("42").snowflake == 42)
    #expect(SearchBound.date(Date(timeIntervalSince1970: 0)).snowflake == 0)
    #expect(throws: DiscordError.self) { try SearchBound("last week") }
  }

  @Test("An index that is not ready is waited for, as Discord says")
  func notReady() async throws {
    let script = try Script(
      .json(Self.notReady(2.5), status: 202), .json(Self.notReady(0), status: 202),
      .json(Self.page([1])))
    let guild = try Guild(json: Sample.guild, client: script.client)
    #expect(try await guild.search("x").count == 1)
    #expect(script.lines.count == 3)
    #expect(script.clock.sleep == .seconds(3.5))
  }

  @Test("An index that is never ready ends with the call's deadline")
  func neverReady() async throws {
    let script = try Script(
      .json(Self.notReady(50), status: 202), .json(Self.notReady(50), status: 202),
      .json(Self.notReady(50), status: 202))
    let guild = try Guild(json: Sample.guild, client: script.client)
    let error = await #expect(throws: DiscordError.self) { try await guild.search("x") }
    #expect(error?.kind == .timedOut)
    #expect(error?.discordCode == 110_000)
    #expect(script.clock.sleep == .seconds(100))
  }

  @Test("A search of a channel leaves its threads out unless they are asked for")
  func threads() async throws {
    var answer = Self.page([3, 2])
    answer["messages"] = [
      [Sample.message(3)], [Sample.message(2, channel: 99)], [Sample.message(1, channel: 50)],
    ]
    answer["threads"] = [["id": "99", "type": 11, "name": "side talk", "parent_id": "20"]]
    let script = try Script(
      .json(answer), .json(answer), .json(answer), .json(answer))
    let guild = try Guild(json: Sample.guild, client: script.client)
    let channel = try Channel(json: Sample.channel, client: script.client)
    #expect(try await channel.search("x").map(\.id) == [3])
    #expect(
      try await channel.search(SearchQuery("x", threads: .included)).map(\.id) == [3, 2, 1])
    #expect(try await guild.search("x").map(\.id) == [3, 2, 1])
    #expect(
      try await guild.search(SearchQuery("x", threads: .excluded)).map(\.id) == [3, 1])
    #expect(script.lines[0].contains("channel_id=20"))
  }

  @Test("A direct message is searched as the user")
  func directMessage() async throws {
    let script = try Script(.json(Self.page([1])), userToken: "user-token-of-the-test")
    let channel = try Channel(json: ["id": "20", "type": 1], client: script.client)
    let found = try await channel.search("x")
    #expect(found[0].isDirectMessage)
    #expect(script.lines[0].hasPrefix("GET /channels/20/messages/search?"))
    #expect(script.transport.requests[0].headers["authorization"] == "user-token-of-the-test")
  }

  @Test("All pages: on from the last id, each message once, with progress and pauses")
  func all() async throws {
    let script = try Script(
      .json(Self.page(Self.ids(60, 36), total: 60)), .json(Self.page(Self.ids(35, 11), total: 35)),
      .json(Self.page(Self.ids(10, 1), total: 10)))
    let guild = try Guild(json: Sample.guild, client: script.client)
    let seen = Mutex<[SearchProgress]>([])
    let found = try await guild.searchAll(
      "x", limit: nil, delay: .seconds(2), progress: { step in seen.withLock { $0.append(step) } }
    ).array()
    #expect(found.map(\.id.snowflake.rawValue) == Array((1...60).reversed()))
    #expect(script.lines.map { $0.contains("offset") } == [false, false, false])
    #expect(script.lines[1].contains("max_id=36"))
    #expect(script.lines[2].contains("max_id=11"))
    #expect(script.clock.sleep == .seconds(4))
    #expect(seen.withLock { $0.map(\.found) } == [25, 50, 60])
    #expect(seen.withLock { $0.map(\.total) } == [60, 60, 60])
  }

  @Test("Messages that appear or vanish between pages neither repeat others nor hide them")
  func moving() async throws {
    // Between the pages 61...65 appear, and 40 and 30 are deleted.
    let script = try Script(
      .json(Self.page(Self.ids(60, 36), total: 60)),
      .json(Self.page(Self.ids(35, 10).filter { $0 != 30 }, total: 34)),
      .json(Self.page(Self.ids(9, 1), total: 9)))
    let guild = try Guild(json: Sample.guild, client: script.client)
    let found = try await guild.searchAll("x").array()
    #expect(
      found.map(\.id.snowflake.rawValue) == Array((1...60).reversed()).filter { $0 != 30 })
  }

  @Test("The limit ends the walk in the middle of a page, as a sequence and as an array")
  func limited() async throws {
    let page = Self.page(Self.ids(60, 36), total: 60)
    let script = try Script(.json(page), .json(page))
    let guild = try Guild(json: Sample.guild, client: script.client)
    #expect(try await guild.searchAll("x", limit: 10).array().count == 10)
    var count = 0
    for try await message in guild.searchAll("x", limit: nil) {
      count += 1
      if message.id == 50 { break }
    }
    #expect(count == 11)
    #expect(script.lines.count == 2)
    #expect(try await guild.searchAll("x", limit: 0).array().isEmpty)
  }

  @Test("The oldest first goes on by min_id; a page that old messages make empty is not the last")
  func oldestFirst() async throws {
    let script = try Script(
      .json(Self.page(Array(1...25), total: 100)), .json(Self.page([], total: 75)),
      .json(Self.page(Array(51...60), total: 10)))
    let guild = try Guild(json: Sample.guild, client: script.client)
    let found = try await guild.searchAll(SearchQuery("x", order: .oldestFirst)).array()
    #expect(found.map(\.id.snowflake.rawValue) == Array(1...25) + Array(51...60))
    #expect(script.lines[1].contains("min_id=25"))
    #expect(script.lines[2].contains("offset=25"))
  }

  @Test("By relevance it counts, leaves repetitions out and ends at 10,000")
  func relevance() {
    var cursor = SearchCursor(SearchQuery("x", order: .relevance))
    var pages = 0
    var found = 0
    while let query = cursor.next() {
      #expect(query.offset == pages * 25)
      // Every page repeats one message of the page before.
      let first = UInt64(pages * 24)
      found +=
        cursor.received(
          (first..<first + 25).map { ID<Message>(Snowflake($0)) }, total: 1_000_000
        ).count
      pages += 1
    }
    #expect(pages == 400)
    #expect(found == 400 * 24 + 1)
  }

  @Test("A server that answers the same for ever is left")
  func stuck() {
    var cursor = SearchCursor("x")
    var pages = 0
    while cursor.next() != nil, pages < 100 {
      _ = cursor.received([1, 2, 3], total: 1000)
      pages += 1
    }
    #expect(pages == 2)
    cursor = SearchCursor("x")
    pages = 0
    while cursor.next() != nil, pages < 100 {
      _ = cursor.received([], total: 1000)
      pages += 1
    }
    #expect(pages == 3)
  }

  @Test("The greatest age becomes a bound, unless the query has a later one")
  func maximumAge() async throws {
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    let script = try Script(.json(Self.page([])), .json(Self.page([])))
    let guild = try Guild(json: Sample.guild, client: script.client)
    _ = try await guild.searchAll("x", maximumAge: .seconds(86_400), now: now).array()
    let oldest = Snowflake(date: now.addingTimeInterval(-86_400))
    #expect(script.lines[0].contains("min_id=\(oldest)"))
    let later = SearchQuery("x", after: .date(now.addingTimeInterval(-60)))
    _ = try await guild.searchAll(later, maximumAge: .seconds(86_400), now: now).array()
    #expect(!script.lines[1].contains("min_id=\(oldest)"))
  }

  private static func ids(_ from: UInt64, _ to: UInt64) -> [UInt64] {
    Array((to...from).reversed())
  }

  private static func page(_ ids: [UInt64], total: Int64? = nil) -> JSONValue {
    [
      "doing_deep_historical_index": false,
      "total_results": .integer(total ?? Int64(ids.count)),
      "messages": .array(ids.map { [Sample.message(Int64($0))] }),
    ]
  }

  private static func notReady(_ seconds: Double) -> JSONValue {
    [
      "message": "Index not yet available. Try again later", "code": 110_000,
      "documents_indexed": 0, "retry_after": .number(seconds),
    ]
  }
}
