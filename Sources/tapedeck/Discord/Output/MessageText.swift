internal import JSONValues

/// Messages for people.
enum MessageText {
  static func table(_ messages: [JSONValue]) -> ColumnTable {
    ColumnTable(
      [
        .init(title: "ID"), .init(title: "TIME"), .init(title: "FROM", isFlexible: true),
        .init(title: "TEXT", isFlexible: true),
      ],
      rows: messages.map { message in
        [
          message["id"]?.string ?? "", time(message["timestamp"]?.string),
          MemberText.displayName(member: message["member"], user: message["author"]),
          text(message),
        ]
      })
  }

  /// Whether people's messages have come without anything in them, as they do without the intent.
  static func lackContent(_ messages: [JSONValue]) -> Bool {
    messages.contains { message in
      message["author"]?["bot"]?.bool != true && message["type"]?.integer == 0
        && message["content"]?.string == "" && message["poll"] == nil
        && ["attachments", "embeds", "sticker_items", "components"].allSatisfy {
          message[$0]?.array?.isEmpty != false
        } && message["message_snapshots"] == nil
    }
  }

  /// The text on one line, then what is attached.
  static func text(_ message: JSONValue) -> String {
    var parts: [String] = []
    let content = message["content"]?.string ?? ""
    if !content.isEmpty {
      parts.append(content.split(whereSeparator: \.isNewline).joined(separator: " "))
    }
    for file in message["attachments"]?.array ?? [] {
      parts.append("[\(file["filename"]?.string ?? "file")]")
    }
    let embeds = message["embeds"]?.array?.count ?? 0
    if embeds > 0 { parts.append("[\(embeds) embed\(embeds == 1 ? "" : "s")]") }
    return parts.joined(separator: " ")
  }

  /// `2026-11-24 09:00` in UTC, of an ISO 8601 time.
  static func time(_ text: String?) -> String {
    String((text ?? "").prefix(16)).replacing("T", with: " ")
  }
}
