public import DiscordREST
package import JSONValues

/// Who is in which voice channel: a snapshot, as of the last event.
///
/// It needs the intents `GUILDS` and `GUILD_VOICE_STATES`, of which neither is privileged. After a
/// resumed connection it goes on; a new session begins it anew, guild by guild, so that nobody stays
/// in it who has left meanwhile. Until a guild was told, ``isKnown(_:)`` is false for it.
public struct VoiceStates: Sendable {
  private struct Person: Sendable {
    var name: String
    var isBot: Bool?
  }

  private struct GuildVoice: Sendable {
    var isKnown = false
    var participants: [ID<User>: VoiceParticipant] = [:]
  }

  private var guilds: [ID<Guild>: GuildVoice] = [:]

  /// A snapshot with nobody in it.
  public init() {}

  /// Whether the guild's voice channels are known, so that nobody in them means that they are empty.
  public func isKnown(_ guild: some DiscordReference<Guild>) -> Bool {
    guilds[guild.id]?.isKnown ?? false
  }

  /// Who is in a channel, in the order of their ids.
  public func participants(in channel: some DiscordReference<Channel>) -> [VoiceParticipant] {
    let id = channel.id
    return guilds.values.flatMap { $0.participants.values.filter { $0.channelID == id } }
      .sorted { $0.userID < $1.userID }
  }

  /// Who is in any voice channel of a guild, in the order of their ids.
  public func participants(in guild: some DiscordReference<Guild>) -> [VoiceParticipant] {
    (guilds[guild.id]?.participants.values).map { $0.sorted { $0.userID < $1.userID } } ?? []
  }

  /// Where someone is in a guild; nil: in no voice channel, or not known.
  public func participant(
    _ user: some DiscordReference<User>, in guild: some DiscordReference<Guild>
  ) -> VoiceParticipant? {
    guilds[guild.id]?.participants[user.id]
  }

  /// How many people are in voice channels.
  public var count: Int { guilds.values.reduce(0) { $0 + $1.participants.count } }

  /// Takes in an event; those that say nothing of voice channels change nothing.
  package mutating func apply(event name: String, _ json: JSONValue) {
    switch name {
    case "READY": guilds = [:]
    case "GUILD_CREATE": addGuild(json)
    case "GUILD_DELETE":
      if let guild = ID<Guild>(json: json["id"]) { guilds[guild] = nil }
    case "VOICE_STATE_UPDATE":
      guard let guild = ID<Guild>(json: json["guild_id"]) else { return }
      set(json, guild, people: [:])
    case "GUILD_MEMBER_UPDATE": rename(json)
    case "GUILD_MEMBER_REMOVE":
      guard let guild = ID<Guild>(json: json["guild_id"]),
        let user = ID<User>(json: json["user"]?["id"])
      else { return }
      guilds[guild]?.participants[user] = nil
    case "CHANNEL_DELETE":
      guard let guild = ID<Guild>(json: json["guild_id"]),
        let channel = ID<Channel>(json: json["id"])
      else { return }
      let others = guilds[guild]?.participants.filter { $0.value.channelID != channel }
      guilds[guild]?.participants = others ?? [:]
    default: break
    }
  }

  private mutating func addGuild(_ json: JSONValue) {
    guard let guild = ID<Guild>(json: json["id"]) else { return }
    guard json["unavailable"]?.bool != true else {
      guilds[guild] = nil
      return
    }
    var people: [ID<User>: Person] = [:]
    var members: [ID<User>: JSONValue] = [:]
    let states = json["voice_states"]?.array ?? []
    let users = Set(states.compactMap { ID<User>(json: $0["user_id"]) })
    for member in json["members"]?.array ?? [] {
      guard let user = ID<User>(json: member["user"]?["id"]), users.contains(user) else { continue }
      people[user] = Self.person(member)
      members[user] = member
    }
    guilds[guild] = GuildVoice(isKnown: true)
    for state in states {
      var state = state
      // An update carries the member; here Discord tells it beside.
      if state["member"] == nil, let user = ID<User>(json: state["user_id"]) {
        state["member"] = members[user]
      }
      set(state, guild, people: people)
    }
  }

  private mutating func set(_ json: JSONValue, _ guild: ID<Guild>, people: [ID<User>: Person]) {
    guard let user = ID<User>(json: json["user_id"]) else { return }
    guard let channel = ID<Channel>(json: json["channel_id"]) else {
      guilds[guild]?.participants[user] = nil
      return
    }
    let before = guilds[guild]?.participants[user]
    let person =
      json["member"].flatMap(Self.person) ?? people[user]
      ?? before.map { Person(name: $0.name, isBot: $0.isBot) }
    guilds[guild, default: GuildVoice()].participants[user] = VoiceParticipant(
      userID: user, guildID: guild, channelID: channel, name: person?.name ?? user.description,
      isBot: person?.isBot, json: json)
  }

  private mutating func rename(_ json: JSONValue) {
    guard let guild = ID<Guild>(json: json["guild_id"]),
      let user = ID<User>(json: json["user"]?["id"]), let person = Self.person(json),
      let before = guilds[guild]?.participants[user]
    else { return }
    guilds[guild]?.participants[user] = VoiceParticipant(
      userID: user, guildID: guild, channelID: before.channelID, name: person.name,
      isBot: person.isBot ?? before.isBot, json: before.json)
  }

  private static func person(_ member: JSONValue) -> Person? {
    let user = member["user"]
    let names = [member["nick"], user?["global_name"], user?["username"]]
    guard let name = names.compactMap({ $0?.string }).first(where: { !$0.isEmpty }) else {
      return nil
    }
    // Discord leaves `bot` out for people.
    return Person(name: name, isBot: user?["bot"]?.bool ?? false)
  }
}
