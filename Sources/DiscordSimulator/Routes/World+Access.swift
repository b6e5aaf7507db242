internal import JSONValues

extension World {
  /// The guild of a path, which the caller must be a member of.
  func guild(_ call: Call, _ index: Int = 0) throws -> Guild {
    let id = try call.id(index, "guild_id")
    let caller = try call.callerID
    guard let guild = guilds[id], !guild.isUnavailable else { throw APIFailure.unknownGuild }
    guard guild.members[caller] != nil else { throw APIFailure.unknownGuild }
    return guild
  }

  /// The same, with permissions in the guild as a whole.
  func guild(_ call: Call, _ index: Int = 0, needs: Permissions) throws -> Guild {
    let guild = try guild(call, index)
    guard permissions(of: try call.callerID, in: guild).contains(needs) else {
      throw APIFailure.missingPermissions
    }
    return guild
  }

  /// The channel of a path, which the caller must be able to see.
  func channel(_ call: Call, _ index: Int = 0, needs: Permissions = []) throws -> Channel {
    try channel(try call.id(index, "channel_id"), for: try call.callerID, needs: needs)
  }

  /// A channel that a user must be able to see, and with further permissions.
  func channel(_ id: ID, for user: ID, needs: Permissions = []) throws -> Channel {
    guard let channel = channels[id] else { throw APIFailure.unknownChannel }
    if let guild = channel.guildID, guilds[guild]?.isUnavailable == true {
      throw APIFailure.unknownChannel
    }
    let permissions = permissions(of: user, in: channel)
    guard permissions.contains(.viewChannel) else { throw APIFailure.missingAccess }
    guard permissions.contains(needs) else { throw APIFailure.missingPermissions }
    return channel
  }

  /// A channel whose messages the caller may read; those of voice channels need Connect as well.
  func readableChannel(_ call: Call) throws -> Channel {
    let channel = try channel(call)
    guard channel.kind.holdsMessages else {
      throw APIFailure(400, 50008, "Cannot send messages in a non-text channel")
    }
    if channel.kind.isVoice,
      !permissions(of: try call.callerID, in: channel).contains(.connect)
    {
      throw APIFailure.missingAccess
    }
    return channel
  }

  /// The message of a path, which must not be for somebody else's eyes only.
  func message(_ call: Call, _ index: Int = 1, in channel: Channel) throws -> Message {
    let id = try call.id(index, "message_id")
    guard let message = message(id, in: channel.id), message.ephemeralFor == nil else {
      throw APIFailure.unknownMessage
    }
    return message
  }

  /// A message as the caller may see it: without the intent for message content, the content of
  /// others' messages is left out unless they mention the bot or are direct.
  func visible(_ message: Message, to caller: Call.Caller) -> Message {
    guard case .bot(let id) = caller, applications[id]?.hasMessageContent == false,
      message.authorID != id, message.applicationID != id, !message.mentions.contains(id),
      channels[message.channelID]?.guildID != nil
    else { return message }
    var message = message
    message.content = ""
    message.embeds = []
    message.attachments = []
    message.components = []
    return message
  }

  /// The message object for the caller, and the nonce for who has just sent it.
  func json(_ message: Message, for call: Call, withNonce: Bool = false) throws -> JSONValue {
    json(
      message: visible(message, to: call.caller), for: try? call.callerID, withNonce: withNonce)
  }
}
