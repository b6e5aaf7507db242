internal import DiscordREST
internal import JSONValues

/// Answers to a prefix command: replies to its message, private ones as direct messages.
struct MessageAnswers: CommandAnswers {
  let message: Message
  /// Whether the message is a direct one, as the gateway tells it.
  let isDirect: Bool

  private var client: DiscordClient { message.client }

  func reply(_ messages: [OutgoingMessage], isEphemeral: Bool) async throws {
    var target = message.channelID
    var rest = messages[...]
    if isEphemeral && !isDirect {
      target = try await client.createDM(with: message.author).id
    } else if let first = rest.popFirst() {
      // The caller may have deleted the message meanwhile.
      let reference: JSONValue = ["message_id": message.id.json, "fail_if_not_exists": false]
      try await message.reply(
        first.content, files: first.files, embeds: first.embeds,
        allowedMentions: first.allowedMentions, more: ["message_reference": reference])
    }
    for next in rest {
      try await client.send(
        next.content, to: target, files: next.files, embeds: next.embeds,
        allowedMentions: next.allowedMentions)
    }
  }

  func showProgress(isEphemeral: Bool) async throws {
    if isEphemeral && !isDirect { return }
    try await client.showTyping(in: message.channelID)
  }

  func finish(saying problem: String?) async throws {
    guard let problem else { return }
    try await reply([OutgoingMessage(content: problem)], isEphemeral: false)
  }
}
