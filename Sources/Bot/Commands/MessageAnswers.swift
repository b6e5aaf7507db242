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
    let target = privately ? try await directChannel() : channel.description
    for (index, outgoing) in messages.enumerated() {
      var json = outgoing.json
      if index == 0 && !privately {
        // The caller may have deleted the message meanwhile.
        json["message_reference"] = ["message_id": message.json, "fail_if_not_exists": false]
      }
      _ = try await client.request(
        .post, "/channels/\(target)/messages", json: json, files: outgoing.files)
    }
  }

  func showProgress(isEphemeral: Bool) async throws {
    if isEphemeral && !isDirect { return }
    _ = try await client.request(.post, "/channels/\(channel)/typing")
  }

  func finish(saying problem: String?) async throws {
    guard let problem else { return }
    try await reply([OutgoingMessage(content: problem)], isEphemeral: false)
  }

  private func directChannel() async throws -> String {
    let channel = try await client.request(
      .post, "/users/@me/channels", json: ["recipient_id": author.json])
    guard let id = ID<Channel>(json: channel["id"]) else {
      throw BotError(.invalidState, "Discord gave no channel for direct messages.")
    }
    return id.description
  }
}
