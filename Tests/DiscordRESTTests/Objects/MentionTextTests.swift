import DiscordREST
import Testing

@Suite("Mentions in a message's text")
struct MentionTextTests {
  private let names = MentionNames(
    users: [7: "Ada", 8: "everyone"], roles: [30: "Hosts"], channels: [20: "general"])

  @Test(
    "Mark-up becomes what people see",
    arguments: [
      ("hi <@7>!", "hi @Ada!"), ("<@!7><@7>", "@Ada@Ada"), ("<@8>", "@everyone"),
      ("<@&30>", "@Hosts"), ("see <#20>", "see #general"), ("<:tape:99>", ":tape:"),
      ("<a:spin_1:99>", ":spin_1:"), ("<t:0>", "1970-01-01 00:00 UTC"),
      ("<t:1795515630:R>", "2026-11-24 10:20 UTC"), ("</play tape:55>", "/play tape"),
    ])
  func resolves(text: String, seen: String) {
    #expect(names.resolve(text) == seen)
  }

  @Test(
    "What has no name or is no mark-up stays",
    arguments: [
      "<@9>", "<@&31>", "<#21>", "<id:customize>", "<", "<<<<", "a < b > c", "<@>", "<@7",
      "<@ 7>", "<@７>", "<:tape:>", "<::99>", "<t:x>", "<t:99999999999999999>", "<t:1:RR>",
      "<https://example.org>", "<@999999999999999999999999>", "</:1>",
    ])
  func stays(text: String) {
    #expect(names.resolve(text) == text)
  }

  @Test("A name is not read again as mark-up")
  func once() {
    let hostile = MentionNames(users: [1: "<@2>", 2: "two"])
    #expect(hostile.resolve("<@1><@2>") == "@<@2>@two")
  }

  @Test("A text of nothing but openings takes a moment")
  func linear() {
    let text = String(repeating: "<@", count: 200_000)
    #expect(names.resolve(text) == text)
  }
}
