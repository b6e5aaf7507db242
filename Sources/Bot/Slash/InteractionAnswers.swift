internal import DiscordREST

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
struct RESTInteractionSender: InteractionSender {
  let interaction: Interaction

  func answer(_ message: OutgoingMessage, isEphemeral: Bool) async throws {
    try await interaction.reply(
      message.content, ephemeral: isEphemeral, files: message.files, embeds: message.embeds,
      allowedMentions: message.allowedMentions)
  }

  func postpone(isEphemeral: Bool) async throws {
    try await interaction.deferReply(ephemeral: isEphemeral)
  }

  func edit(_ message: OutgoingMessage) async throws {
    try await interaction.editReply(
      message.content, embeds: message.embeds, files: message.files,
      allowedMentions: message.allowedMentions)
  }

  func followUp(_ message: OutgoingMessage, isEphemeral: Bool) async throws {
    try await interaction.followUp(
      message.content, ephemeral: isEphemeral, files: message.files, embeds: message.embeds,
      allowedMentions: message.allowedMentions)
  }
}
