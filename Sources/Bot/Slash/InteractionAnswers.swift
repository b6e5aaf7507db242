internal import DiscordREST
internal import JSONValues

/// Answers to a slash command.
struct InteractionAnswers: CommandAnswers {
  let responder: InteractionResponder

  func reply(_ messages: [OutgoingMessage], isEphemeral: Bool) async throws {
    try await responder.reply(messages, isEphemeral: isEphemeral)
  }

  func showProgress(isEphemeral: Bool) async throws {
    try await responder.postpone(isEphemeral: isEphemeral)
  }

  func finish(saying problem: String?) async throws {
    let word = OutgoingMessage(content: problem ?? InteractionResponder.done)
    try await responder.finish(
      saying: word, isEphemeral: true, evenIfAnswered: problem != nil)
  }
}

/// Sends them over the API.
///
/// Source: Discord's documentation, "Receiving and Responding", endpoints.
struct RESTInteractionSender: InteractionSender {
  let interaction: Interaction

  private var client: DiscordClient { interaction.client }
  private var callback: String { "/interactions/\(interaction.id)/\(interaction.token)/callback" }
  private var webhook: String { "/webhooks/\(interaction.applicationID)/\(interaction.token)" }

  /// Message flag EPHEMERAL.
  private static let ephemeral: JSONValue = 64

  func answer(_ message: OutgoingMessage, isEphemeral: Bool) async throws {
    var data = message.json
    if isEphemeral { data["flags"] = Self.ephemeral }
    _ = try await client.request(
      .post, callback, json: ["type": 4, "data": data], files: message.files)
  }

  func postpone(isEphemeral: Bool) async throws {
    let data: JSONValue = isEphemeral ? ["flags": Self.ephemeral] : [:]
    _ = try await client.request(
      .post, callback, json: ["type": 5, "data": data])
  }

  func edit(_ message: OutgoingMessage) async throws {
    _ = try await client.request(
      .patch, webhook + "/messages/@original", json: message.json,
      files: message.files)
  }

  func followUp(_ message: OutgoingMessage, isEphemeral: Bool) async throws {
    var json = message.json
    if isEphemeral { json["flags"] = Self.ephemeral }
    _ = try await client.request(
      .post, webhook, json: json, files: message.files)
  }
}
