internal import JSONValues

extension World {
  /// The channel, message and emoji of a path; the emoji is checked as far as one can.
  fileprivate func reaction(_ call: Call) throws -> (Channel, Message, String) {
    let channel = try channel(call)
    guard permissions(of: try call.callerID, in: channel).contains(.readMessageHistory) else {
      throw APIFailure.missingPermissions
    }
    let message = try message(call, in: channel)
    let emoji = call.parameters[2]
    let parts = emoji.split(separator: ":")
    let isCustom = parts.count == 2 && UInt64(parts[1]) != nil
    // Of Unicode only what is no letter or digit of a name can be an emoji.
    guard
      isCustom || emoji.unicodeScalars.contains(where: { $0.value > 0x7F || $0.value == 0x20E3 })
    else { throw APIFailure.unknownEmoji }
    return (channel, message, emoji)
  }
}

extension Route {
  static let reactions: [Route] = [
    Route("PUT", "/channels/{}/messages/{}/reactions/{}/@me") { world, call in
      let (channel, message, emoji) = try world.reaction(call)
      let isNew = !message.reactions.contains { $0.emoji == emoji }
      if isNew {
        _ = try world.channel(call, needs: .addReactions)
        if message.reactions.count >= 20 {
          throw APIFailure(400, 30010, "Maximum number of reactions reached (20)")
        }
      }
      world.react(emoji, by: try call.callerID, to: message.id, in: channel.id)
      return .noContent
    },
    Route("DELETE", "/channels/{}/messages/{}/reactions/{}/@me") { world, call in
      let (channel, message, emoji) = try world.reaction(call)
      world.unreact(emoji, by: try call.callerID, to: message.id, in: channel.id)
      return .noContent
    },
    Route("DELETE", "/channels/{}/messages/{}/reactions/{}/{}") { world, call in
      let (channel, message, emoji) = try world.reaction(call)
      _ = try world.channel(call, needs: .manageMessages)
      world.unreact(emoji, by: try call.id(3, "user_id"), to: message.id, in: channel.id)
      return .noContent
    },
    Route("GET", "/channels/{}/messages/{}/reactions/{}") { world, call in
      let (_, message, emoji) = try world.reaction(call)
      let limit = try call.number("limit", in: 1...100, default: 25)
      let after = try call.queryID("after") ?? 0
      let users = message.reactions.first { $0.emoji == emoji }?.users ?? []
      return .json(
        .array(users.sorted().filter { $0 > after }.prefix(limit).map { world.json(user: $0) }))
    },
    Route("DELETE", "/channels/{}/messages/{}/reactions/{}") { world, call in
      let (channel, message, emoji) = try world.reaction(call)
      _ = try world.channel(call, needs: .manageMessages)
      world.clearReactions(emoji, of: message.id, in: channel.id)
      return .noContent
    },
    Route("DELETE", "/channels/{}/messages/{}/reactions") { world, call in
      let channel = try world.channel(call, needs: .manageMessages)
      let message = try world.message(call, in: channel)
      world.clearReactions(nil, of: message.id, in: channel.id)
      return .noContent
    },
  ]
}
