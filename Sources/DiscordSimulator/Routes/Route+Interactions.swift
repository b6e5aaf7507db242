internal import JSONValues

extension World {
  /// How long the first answer may take.
  static let firstAnswerTime: Time = 3000
  /// How long an interaction's token is good.
  static let interactionLifetime: Time = 15 * 60_000

  /// The interaction that a path of the webhook form means; nil when it is a webhook's.
  ///
  /// - Throws: 50027 for a token that has run out, 10015 before there was any answer.
  func interactionByToken(_ call: Call) throws -> Interaction? {
    guard let interaction = interactions[call.parameters[1]],
      interaction.applicationID == (try call.id(0, "webhook_id"))
    else { return nil }
    guard call.now - interaction.createdAt < Self.interactionLifetime else {
      throw APIFailure.invalidWebhookToken
    }
    guard interaction.response != nil else { throw APIFailure.unknownWebhook }
    return interaction
  }

  /// A message that answers an interaction: `@original`, or a further one by its id.
  func answer(_ call: Call, of interaction: Interaction) throws -> Message {
    let id: ID
    if call.parameters[2] == "@original" {
      guard let original = interaction.originalID else { throw APIFailure.unknownMessage }
      id = original
    } else {
      id = try call.id(2, "message_id")
      guard interaction.followupIDs.contains(id) || interaction.originalID == id else {
        throw APIFailure.unknownMessage
      }
    }
    guard let message = message(id, in: interaction.channelID) else {
      throw APIFailure.unknownMessage
    }
    return message
  }

  mutating func editAnswer(_ call: Call, of interaction: Interaction) throws -> SimulatedResponse {
    var message = try edited(try answer(call, of: interaction), call, now: call.now)
    if message.flags.contains(.loading) {
      // The answer that was promised: it is new, not edited.
      message.flags.remove(.loading)
      message.editedAt = nil
    }
    update(message)
    return .json(json(message: message, for: nil))
  }

  /// A further answer; right after a deferral it becomes the first one.
  mutating func followUp(_ interaction: Interaction, _ call: Call) throws -> SimulatedResponse {
    if let original = interaction.originalID,
      var message = message(original, in: interaction.channelID),
      message.flags.contains(.loading)
    {
      message = try edited(message, call, now: call.now)
      message.flags.remove(.loading)
      message.editedAt = nil
      update(message)
      return .json(json(message: message, for: nil))
    }
    let message = try sendAnswer(interaction, call)
    interactions[interaction.token]?.followupIDs.append(message.id)
    return .json(json(message: message, for: nil))
  }

  /// Sends a message for an interaction; with the flag it is for the user alone.
  private mutating func sendAnswer(
    _ interaction: Interaction, _ call: Call, kind: Message.Kind = .normal
  ) throws -> Message {
    guard let channel = channels[interaction.channelID] else { throw APIFailure.unknownChannel }
    var inner = call
    inner.caller = .nobody
    var draft = try draft(inner, in: channel)
    draft.kind = kind
    draft.reference = nil
    draft.interaction = source(of: interaction)
    draft.applicationID = interaction.applicationID
    if draft.flags.contains(.ephemeral) { draft.ephemeralFor = interaction.userID }
    return send(draft, by: interaction.applicationID, in: channel.id, now: call.now)
  }

  private func source(of interaction: Interaction) -> Message.InteractionSource {
    .init(
      id: interaction.id, kind: interaction.kind, name: interaction.name,
      userID: interaction.userID)
  }

  /// The first answer.
  fileprivate mutating func respond(_ call: Call) throws -> SimulatedResponse {
    let id = try call.id(0, "interaction_id")
    guard let interaction = interactions[call.parameters[1]], interaction.id == id else {
      throw APIFailure.unknownInteraction
    }
    guard interaction.response == nil else {
      throw APIFailure(400, 40060, "Interaction has already been acknowledged.")
    }
    guard call.now - interaction.createdAt <= Self.firstAnswerTime else {
      throw APIFailure.unknownInteraction
    }
    guard let type = call.body["type"]?.integer, [1, 4, 5, 6, 7, 8, 9].contains(type) else {
      throw APIFailure.form(["type"], "BASE_TYPE_CHOICES", "Value must be one of the types.")
    }
    var inner = call
    inner.body = call.body["data"] ?? [:]
    let flags = Message.Flags(rawValue: inner.body["flags"]?.integer ?? 0)
    var message: Message?
    switch type {
    case 4:
      message = try sendAnswer(interaction, inner, kind: .slashCommand)
    case 5:
      var draft = MessageDraft()
      draft.kind = .slashCommand
      draft.flags = flags.intersection(.ephemeral).union(.loading)
      draft.interaction = source(of: interaction)
      draft.applicationID = interaction.applicationID
      if flags.contains(.ephemeral) { draft.ephemeralFor = interaction.userID }
      message = send(
        draft, by: interaction.applicationID, in: interaction.channelID, now: call.now)
    case 6, 7:
      // For components: the message that they are on is the answer, and with 7 it is changed.
      guard let id = interaction.messageID,
        let source = self.message(id, in: interaction.channelID)
      else {
        throw APIFailure.form(["type"], "BASE_TYPE_CHOICES", "Only for message components.")
      }
      message = source
      if type == 7 {
        let changed = try edited(source, inner, now: call.now)
        update(changed)
        message = changed
      }
    default: break
    }
    interactions[interaction.token]?.response = type
    interactions[interaction.token]?.originalID = message?.id
    interactions[interaction.token]?.isEphemeral = flags.contains(.ephemeral)
    guard try call.flag("with_response") == true else { return .noContent }
    var resource: [String: JSONValue] = ["type": .integer(type)]
    if let message { resource["message"] = json(message: message, for: nil) }
    return .json([
      "interaction": [
        "id": .id(id), "type": .integer(interaction.kind),
        "response_message_id": .optionalID(message?.id),
        "response_message_loading": .bool(type == 5),
        "response_message_ephemeral": .bool(flags.contains(.ephemeral)),
        "channel_id": .id(interaction.channelID), "guild_id": .optionalID(interaction.guildID),
      ],
      "resource": .object(resource),
    ])
  }
}

extension Route {
  static let interactions: [Route] = [
    Route("POST", "/interactions/{}/{}/callback", .anybody) { world, call in
      try world.respond(call)
    }
  ]
}
