internal import DiscordGateway
internal import DiscordREST
internal import JSONValues

/// The voice channels that the bot can see, and who is in them.
struct VoicePlaces: Equatable, Sendable {
  struct Channel: Equatable, Sendable {
    var id: String
    var name: String
    var isStage = false
    var guildID: String
    var guildName: String
    /// Names as Discord sent them: foreign text.
    var occupants: [String] = []
    /// How many people fit in; nil: any number.
    var limit: Int64?
  }

  /// Guild by guild, each in the order that Discord shows.
  var channels: [Channel]

  init(channels: [Channel]) { self.channels = channels }

  /// - Parameter guilds: Each with its channels, as Discord sent them.
  init(guilds: [(guild: Candidate, channels: [JSONValue])], occupants: VoiceStates) {
    channels = guilds.flatMap { guild, channels in
      ChannelOrder.sorted(channels).compactMap { json -> Channel? in
        guard ChannelKind.voice.contains(json["type"]?.integer ?? -1),
          let id = ID<DiscordREST.Channel>(json: json["id"])
        else { return nil }
        let limit = json["user_limit"]?.integer ?? 0
        return Channel(
          id: id.description, name: json["name"]?.string ?? id.description,
          isStage: json["type"]?.integer == 13, guildID: guild.id, guildName: guild.name,
          occupants: occupants.participants(in: id).map {
            $0.isBot == true ? "\($0.name) (bot)" : $0.name
          },
          limit: limit > 0 ? limit : nil)
      }
    }
  }
}
