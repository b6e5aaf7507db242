internal import DiscordREST
internal import JSONValues

/// Answers to a prefix command: replies to its message, private ones as direct messages.
struct MessageAnswers: CommandAnswers {
  let client: DiscordClient
  let message: ID<Message>
  let channel: ID<Channel>
  let author: ID<User>
  let isDirect: Bool

  func reply(_ messages: [OutgoingMessage], isEphemeral: Bool) async throws {
    let privately = isEphemeral && !isDirect
    let target = privately ? try await client.createDM(with: author).id : channel
    for (index, outgoing) in messages.enumerated() {
      var more: [String: JSONValue] = [:]
      if index == 0 && !privately {
        // The caller may have deleted the message meanwhile.
        more["message_reference"] = ["message_id": message.json, "fail_if_not_exists": false]
      }
      try await client.send(
        outgoing.content, to: target, files: outgoing.files, embeds: outgoing.embeds,
        allowedMentions: outgoing.allowedMentions, more: more)
    }
  }

  func showProgress(isEphemeral: Bool) async throws {
    if isEphemeral && !isDirect { return }
    try await client.showTyping(in: channel)
  }

  func finish(saying problem: String?) async throws {
    guard let problem else { return }
    try await reply([OutgoingMessage(content: problem)], isEphemeral: false)
  }
}
