import JSONValues

/// What is sent, without where: the same for channels, webhooks and interactions.
struct MessageBody {
  var content: String
  var embeds: [JSONValue] = []
  var files: [FileUpload] = []
  var allowedMentions: AllowedMentions
  var more: [String: JSONValue] = [:]

  /// One message of the whole.
  struct Part {
    var json: JSONValue
    var files: [FileUpload]
  }

  /// The messages: a long text is cut; files, embeds and whatever else come with the last.
  ///
  /// - Throws: `DiscordError` with kind `invalidArgument` when there is nothing to send, and
  ///   `fileTooLarge` or `fileUnreadable` for a file that could stop the last part only.
  func parts(for client: DiscordClient) throws(DiscordError) -> [Part] {
    try MultipartBody.check(files, uploadLimit: client.configuration.uploadLimit)
    guard embeds.count <= 10 else {
      throw DiscordError(.invalidArgument, "a message takes at most 10 embeds, not \(embeds.count)")
    }
    var texts = MessageSplitter.split(content)
    let hasMore = ["sticker_ids", "components", "poll", "message_reference"].contains {
      more[$0] != nil
    }
    if texts.isEmpty {
      guard hasMore || !embeds.isEmpty || !files.isEmpty else {
        throw DiscordError(
          .invalidArgument, "nothing to send",
          hint: "Give a text that is not blank, a file or an embed.")
      }
      texts = [""]
    }
    return texts.enumerated().map { index, text in
      let isLast = index == texts.count - 1
      var fields: [String: JSONValue] = ["allowed_mentions": allowedMentions.json]
      if !text.isEmpty { fields["content"] = .string(text) }
      if isLast {
        if !embeds.isEmpty { fields["embeds"] = .array(embeds) }
        fields.merge(more) { $1 }
      } else if let flags = more["flags"] {
        // Silent or without previews: all of it.
        fields["flags"] = flags
      }
      return Part(json: .object(fields), files: isLast ? files : [])
    }
  }

  /// The one message that an edit or an interaction's answer can be.
  ///
  /// - Throws: `DiscordError` with kind `invalidArgument` for a text that is too long.
  static func checkLength(_ content: String?) throws(DiscordError) {
    guard let content, content.unicodeScalars.count > MessageSplitter.limit else { return }
    throw DiscordError(
      .invalidArgument,
      "the text has \(content.unicodeScalars.count) characters; one message takes "
        + "\(MessageSplitter.limit)")
  }
}
