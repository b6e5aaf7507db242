import DiscordREST
import JSONValues
import Testing

@Suite("Lists as tables")
struct TableTests {
  private let client: DiscordClient

  init() throws { client = try Script().client }

  @Test("Columns are as wide as their widest cell; an empty list is an empty text")
  func plain() throws {
    let channels = [
      try Channel(json: Sample.channel, client: client),
      try Channel(json: ["id": "210000", "type": 2, "name": "録音"], client: client),
      try Channel(json: ["id": "3", "type": 77, "name": ""], client: client),
    ]
    #expect(
      channels.table == """
        ID      Name     Type
        20      general  text
        210000  録音     voice
        3                77

        """)
    #expect([Channel]().table == "")
  }

  @Test("Columns of each list")
  func columns() throws {
    #expect(Guild.tableColumns == ["ID", "Name"])
    #expect(Message.tableColumns == ["ID", "Author", "Content", "Date"])
    #expect(Member.tableColumns == ["ID", "Name", "Joined", "Roles"])
    #expect(Webhook.tableColumns == ["ID", "Name", "Channel"])
    let member = try Member(json: Sample.member(7, nick: "Ada"), client: client)
    #expect(
      [member].table == "ID  Name  Joined      Roles\n7   Ada   2026-01-02  0\n")
  }

  @Test(
    "A hostile name stays within its line",
    arguments: [
      "a\nb", "a\r\nb", "a\u{2028}b", "a\u{2029}b", "a\u{85}b", "\u{1B}[2J", "\u{9B}2J",
      "\u{202E}gnp.exe", "\u{2066}x", "\u{7F}", "\t", "\u{0}", "\u{FEFF}", "\u{200F}",
      "z" + String(repeating: "\u{300}", count: 500), String(repeating: "long", count: 500),
      "](https://evil.example)", "@everyone", "`code`", "|| spoiler ||",
    ])
  func hostile(name: String) throws {
    let list = [
      try Channel(
        json: ["id": "1", "type": 0, "name": .string(name)], client: client),
      try Channel(json: Sample.channel, client: client),
    ]
    let table = list.table
    #expect(table.split(separator: "\n", omittingEmptySubsequences: false).count == 4)
    for scalar in table.unicodeScalars where scalar != "\n" {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        Issue.record("U+\(String(scalar.value, radix: 16)) in the table")
      default: break
      }
    }
    #expect(table.unicodeScalars.count < 2000)
  }
}
