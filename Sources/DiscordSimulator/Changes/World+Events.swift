internal import JSONValues

extension World {
  /// Tells the gateway's sessions of something.
  mutating func tell(_ type: String, _ data: JSONValue, to audience: WorldEvent.Audience) {
    pendingEvents.append(WorldEvent(type, data, to: audience))
  }

  /// Who hears of what happens in a channel.
  func audience(of channel: Channel) -> WorldEvent.Audience {
    guard let guild = channel.guildID else { return .users(channel.recipientIDs) }
    return .channel(channel.id, guild: guild)
  }

  /// Who can see a channel now: for events after which it, or the sight of it, is gone.
  func viewers(of channel: Channel) -> WorldEvent.Audience {
    guard let guild = channel.guildID.flatMap({ guilds[$0] }) else {
      return .users(channel.recipientIDs)
    }
    return .users(guild.members.keys.filter { canView($0, channel) }.sorted())
  }

  /// A token made of an id: the same world always makes the same ones.
  static func token(_ id: ID, length: Int) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    var state = id
    return String(
      (0..<length).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return alphabet[Int(state >> 58)]
      })
  }
}
