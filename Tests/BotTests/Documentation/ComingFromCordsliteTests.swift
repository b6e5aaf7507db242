import Testing

@Suite struct ComingFromCordsliteTests {
  private let article: String
  private let code: String

  init() throws {
    article = try RepositoryText.read("Sources/Bot/Documentation.docc/ComingFromCordslite.md")
    code = RepositoryText.onOneLine(
      try RepositoryText.read("Tests/BotTests/Documentation/CordsliteCalls.swift"))
  }

  /// The cells of the tables: left, right.
  private var rows: [(left: String, right: String)] {
    article.split(separator: "\n").filter { $0.hasPrefix("| ") }.compactMap { line in
      let cells = line.dropFirst(2).dropLast(2).split(separator: " | ", maxSplits: 1)
      guard cells.count == 2, cells[0] != "cordslite" else { return nil }
      return (String(cells[0]), String(cells[1]))
    }
  }

  /// What is between backticks.
  private func pieces(_ cell: String) -> [String] {
    cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  @Test func everySwiftPieceIsCompiled() {
    var count = 0
    for row in rows {
      for piece in pieces(row.right) where piece != "dryRun" {
        count += 1
        let isThere = code.contains(RepositoryText.onOneLine(piece))
        #expect(isThere, "not compiled: \(piece)")
      }
    }
    #expect(count > 90)
  }

  /// All that cordslite 0.2.3 defines in `core`, `gateway` and `bot`, as its index lists it.
  private static let calls = [
    // core
    "DISCORD_WEB", "depoch", "DiscordClient", "DiscordError", "DiscordObject", "Guild",
    "ChannelType", "html_table", "Channel", "Channels", "Guilds", "Message", "Messages",
    "date2snowflake", "Members", "lbl", "Webhooks", "_req", "guild(", "guilds(", "channel(",
    "channels(", "is_text", "is_thread", "parent", "ch.guild", "msg.channel", "raw_content",
    "ch.messages", "msg.before", "msg.after", "msg.around", "gld.url", "ch.url", "msg.url",
    "gld.search(", "find_member", "ch.send", "typing", "ch.search(", "att.fetch", "attachments",
    "content_type", "att.save", "create_dm", "dms", "members(", "display_name", "dc.me", "is_bot",
    "msg.author", "msg.mentions", "referenced", "tree(", "gld.search_all", "ch.search_all",
    "msg.delete", "delete_message", "bulk_delete", "create_thread", "dc.thread", "gld.threads",
    "ch.threads", "search_and_delete_all", "ch.webhooks", "gld.webhooks", "dc.webhook",
    "create_webhook", "wh.edit", "wh.delete", "wh.send",
    // gateway
    "Intent.", "GatewayClient(", "on_rdy", "Op(", "Op.identify", "Op.heartbeat", "Op.resume",
    "Event", "recv_evt", "gc.on(", "_reconnect", "gc.start", "gc.stop", "ws.send", "gc.user_id",
    "gc.session_id",
    // bot
    "Bot(intents)", "bot.cmd", "bot.errors", "on_error", "bot.start", "bot.stop", "repr(bot)",
    "join_voice", "leave_voice",
  ]

  @Test(arguments: calls) func everyCallOfCordsliteIsPaired(call: String) {
    let isThere = rows.contains { row in pieces(row.left).contains { $0.contains(call) } }
    #expect(isThere, "\(call) has no row")
  }
}
