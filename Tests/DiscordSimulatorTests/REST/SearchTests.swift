import DiscordSimulator
import JSONValues
import Testing

@Suite("Search")
struct SearchTests {
  private var scene = Scene()

  private mutating func search(_ query: String) throws -> JSONValue {
    try scene.call("GET", "/guilds/\(scene.ids.guild)/messages/search?\(query)").json
  }

  private mutating func contents(_ query: String) throws -> [String] {
    try search(query)["messages"]?.array?.compactMap { $0[0]?["content"]?.string } ?? []
  }

  @Test("Hits are lists of one message, newest first, in pages of at most 25")
  mutating func pages() throws {
    let all = try search("content=tape")
    let total = all["total_results"]?.integer ?? 0
    #expect(total == 24)
    #expect(all["messages"]?.array?.count == 24)
    #expect(all["messages"]?[0]?[0]?["hit"] == true)
    #expect(
      try contents("content=old%20tape&limit=2") == [
        "Old tape 20 has been digitised", "Old tape 19 has been digitised",
      ])
    #expect(
      try contents("content=old+tape&limit=2&offset=18&sort_order=desc") == [
        "Old tape 2 has been digitised", "Old tape 1 has been digitised",
      ])
    #expect(
      try contents("content=old+tape&limit=1&sort_order=asc") == [
        "Old tape 1 has been digitised"
      ])
    #expect(try contents("content=old+tape&offset=20") == [])
  }

  @Test("Filters of authors, mentions, files, links, threads, pins and ids")
  mutating func filters() throws {
    let ids = scene.ids
    #expect(try contents("has=image").count == 1)
    #expect(try contents("has=file&has=-image") == [])
    #expect(try contents("attachment_extension=png").count == 1)
    #expect(try contents("author_id=\(ids.mallory)") == ["`rm -rf` @everyone"])
    #expect(try contents("author_id=\(ids.mallory)&author_id=\(ids.alice)").count == 5)
    #expect(try contents("mentions=\(ids.bob)").count == 1)
    #expect(try contents("author_type=bot") == [])
    #expect(try contents("content=blue&channel_id=\(ids.general)") == ["The blue one"])
    #expect(try contents("content=blue&channel_id=\(ids.rules)") == [])
    #expect(try contents("pinned=true") == [])
    #expect(try contents("content=welcome&max_id=\(ids.firstMessage)") == [])
    #expect(try contents("content=welcome&max_id=\(ids.firstMessage + 1)").count == 1)
    #expect(try contents("content=welcome&min_id=\(ids.firstMessage)") == [])
    #expect(try contents("has=link") == [])
    #expect(try search("content=blue")["threads"]?[0]?["name"] == "Next tapes")
  }

  @Test("What one cannot see is not found")
  mutating func hidden() throws {
    #expect(try contents("content=moderators") == [])
    #expect(
      try scene.failure(
        "GET", "/guilds/\(scene.ids.guild)/messages/search?channel_id=\(scene.ids.moderators)")
        == [403, 50001])
    scene.setFlags([])
    #expect(
      try scene.failure("GET", "/guilds/\(scene.ids.guild)/messages/search") == [403, 50001])
  }

  @Test("An index that is not ready answers 202 with a time")
  mutating func notReady() throws {
    scene.world.searchesBeforeIndexReady = 1
    let path = "/guilds/\(scene.ids.guild)/messages/search?content=tape"
    let (status, json) = try scene.call("GET", path)
    #expect(status == 202)
    #expect(json["code"] == 110_000)
    #expect(json["retry_after"] == 2)
    #expect(try scene.call("GET", path).status == 200)
  }

  @Test(
    "Queries out of bounds",
    arguments: [
      "limit=0", "limit=26", "offset=9976", "sort_by=name", "has=nothing", "author_id=x",
      "pinned=maybe",
    ])
  func outOfBounds(_ query: String) throws {
    var scene = Scene()
    #expect(
      try scene.failure("GET", "/guilds/\(scene.ids.guild)/messages/search?\(query)")
        == [400, 50035])
  }
}
