package import DiscordREST
package import JSONValues

/// A message that a command answers with.
package struct OutgoingMessage: Sendable {
  /// The text.
  package var content: String
  /// Embeds, as Discord takes them.
  package var embeds: [JSONValue]
  /// Files to upload.
  package var files: [FileUpload]
  /// Whom it may notify.
  package var allowedMentions: AllowedMentions

  /// A message that notifies nobody, unless told otherwise.
  package init(
    content: String, embeds: [JSONValue] = [], files: [FileUpload] = [],
    allowedMentions: AllowedMentions = .none
  ) {
    self.content = content
    self.embeds = embeds
    self.files = files
    self.allowedMentions = allowedMentions
  }

  /// As several messages, if the text is longer than Discord takes; embeds and files go with the
  /// last, so that they stand under the text.
  package var parts: [OutgoingMessage] {
    let texts = MessageSplitter.split(content)
    guard texts.count > 1 else { return [self] }
    return texts.enumerated().map { index, text in
      let isLast = index == texts.count - 1
      return OutgoingMessage(
        content: text, embeds: isLast ? embeds : [], files: isLast ? files : [],
        allowedMentions: allowedMentions)
    }
  }
}
