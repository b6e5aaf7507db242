package import DiscordREST
package import JSONValues

/// What routing needs to know of a message.
package struct IncomingMessage: Sendable {
  /// Who wrote it.
  package var author: ID<User>
  /// Whether another application wrote it.
  package var isFromBot: Bool
  /// Whether a webhook wrote it.
  package var isFromWebhook: Bool
  /// The text; empty without the intent MESSAGE_CONTENT, but for direct messages and mentions.
  package var content: String
  /// The server, nil in a direct message.
  package var guild: ID<Guild>?
  /// Message type 0 (default) or 19 (reply): written by hand, not "X joined".
  package var isWritten: Bool
  /// It has neither text nor anything else that one sees: its content was withheld.
  package var looksWithheld: Bool

  /// Reads Discord's message object; nil where it has no author.
  package init?(_ json: JSONValue) {
    guard let author = json["author"]?["id"]?.string.flatMap({ ID<User>($0) }) else { return nil }
    self.author = author
    isFromBot = json["author"]?["bot"]?.bool ?? false
    isFromWebhook = json["webhook_id"]?.string != nil
    content = json["content"]?.string ?? ""
    guild = json["guild_id"]?.string.flatMap { ID<Guild>($0) }
    let type = json["type"]?.integer ?? 0
    isWritten = type == 0 || type == 19
    let visible = ["attachments", "embeds", "sticker_items", "components", "message_snapshots"]
    looksWithheld =
      isWritten && content.isEmpty && json["poll"]?.object == nil
      && visible.allSatisfy { json[$0]?.array?.isEmpty ?? true }
  }
}
