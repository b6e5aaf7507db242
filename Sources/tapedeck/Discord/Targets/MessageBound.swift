internal import DiscordREST
internal import FoundationEssentials

/// `--before`, `--after`: a message by id or URL, or a date, which stands for the first id of it.
enum MessageBound {
  /// - Throws: 64 for anything else.
  static func id(_ text: String) throws -> String {
    if !DiscordTarget.isID(text) || text.utf8.count < 15, let date = date(text.trimmed) {
      return Snowflake(date: date).description
    }
    switch try DiscordTarget(text) {
    case .address(_, _, let message?): return message
    case .id(let id): return id
    case .name(let name) where DiscordTarget.isID(name): return name
    default:
      throw CommandFailure(
        .usage, "\(Terminal.escaped(text, limit: 80)) is no message and no date",
        hint: "an id, a URL, or a date such as 2026-11-24 or 2026-11-24T09:00:00Z")
    }
  }

  private static func date(_ text: String) -> Date? {
    let day = Date.ISO8601FormatStyle().year().month().day()
    if text.utf8.count == 10 { return try? day.parse(text) }
    return try? Date.ISO8601FormatStyle().parse(text)
  }
}
