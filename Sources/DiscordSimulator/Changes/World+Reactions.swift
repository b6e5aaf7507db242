internal import JSONValues

extension World {
  /// Adds a user's reaction: MESSAGE_REACTION_ADD, unless it is there already.
  package mutating func react(_ emoji: String, by user: ID, to id: ID, in channelID: ID) {
    guard let index = messageIndex(id, in: channelID), let channel = channels[channelID],
      let message = messages[channelID]?[index]
    else { return }
    if let place = message.reactions.firstIndex(where: { $0.emoji == emoji }) {
      guard !message.reactions[place].users.contains(user) else { return }
      messages[channelID]?[index].reactions[place].users.append(user)
    } else {
      messages[channelID]?[index].reactions.append(.init(emoji: emoji, users: [user]))
    }
    var fields = reactionFields(emoji, user, message, channel)
    fields["message_author_id"] = .id(message.authorID)
    if let member = channel.guildID.flatMap({ guilds[$0]?.members[user] }) {
      fields["member"] = json(member: member)
    }
    tell("MESSAGE_REACTION_ADD", .object(fields), to: audience(of: channel))
  }

  /// Takes a user's reaction away: MESSAGE_REACTION_REMOVE.
  package mutating func unreact(_ emoji: String, by user: ID, to id: ID, in channelID: ID) {
    guard let index = messageIndex(id, in: channelID), let channel = channels[channelID],
      let message = messages[channelID]?[index],
      let place = message.reactions.firstIndex(where: { $0.emoji == emoji }),
      let position = message.reactions[place].users.firstIndex(of: user)
    else { return }
    if message.reactions[place].users.count == 1 {
      messages[channelID]?[index].reactions.remove(at: place)
    } else {
      messages[channelID]?[index].reactions[place].users.remove(at: position)
    }
    tell(
      "MESSAGE_REACTION_REMOVE", .object(reactionFields(emoji, user, message, channel)),
      to: audience(of: channel))
  }

  /// Takes all reactions away, or those with one emoji.
  mutating func clearReactions(_ emoji: String?, of id: ID, in channelID: ID) {
    guard let index = messageIndex(id, in: channelID), let channel = channels[channelID] else {
      return
    }
    messages[channelID]?[index].reactions.removeAll { emoji == nil || $0.emoji == emoji }
    var fields: [String: JSONValue] = ["channel_id": .id(channelID), "message_id": .id(id)]
    if let guild = channel.guildID { fields["guild_id"] = .id(guild) }
    if let emoji { fields["emoji"] = Self.json(emoji: emoji) }
    tell(
      emoji == nil ? "MESSAGE_REACTION_REMOVE_ALL" : "MESSAGE_REACTION_REMOVE_EMOJI",
      .object(fields), to: audience(of: channel))
  }

  private func reactionFields(
    _ emoji: String, _ user: ID, _ message: Message, _ channel: Channel
  ) -> [String: JSONValue] {
    var fields: [String: JSONValue] = [
      "user_id": .id(user), "channel_id": .id(channel.id), "message_id": .id(message.id),
      "emoji": Self.json(emoji: emoji), "burst": false, "type": 0,
    ]
    if let guild = channel.guildID { fields["guild_id"] = .id(guild) }
    return fields
  }
}
