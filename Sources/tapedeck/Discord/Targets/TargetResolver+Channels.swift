internal import DiscordREST
internal import JSONValues

extension TargetResolver {
  /// The channels of a guild, without threads, in the order that Discord shows them.
  func channels(of guild: String) async throws -> [JSONValue] {
    ChannelOrder.sorted(try await client.request(.get, "/guilds/\(guild)/channels").array ?? [])
  }

  /// The active threads of a guild.
  func threads(of guild: String) async throws -> [JSONValue] {
    try await client.request(.get, "/guilds/\(guild)/threads/active")["threads"]?.array ?? []
  }

  /// The channel or thread that a text means, in the named guild or else in any of the bot's.
  ///
  /// - Parameter isWanted: The types among which a name is looked up.
  /// - Throws: 64 for an ambiguous name, 66 for an unknown one, with what there is.
  func channel(
    _ text: String, guild guildText: String?,
    where isWanted: (Int64?) -> Bool = ChannelKind.takesMessages
  ) async throws -> Channel {
    switch try DiscordTarget(text) {
    case .id(let id): return try await channel(id: id)
    case .address(_, let channel?, _): return try await self.channel(id: channel)
    case .address:
      throw CommandFailure(
        .usage, "the address is that of a guild, not of a channel",
        hint: "in Discord: right click the channel, Copy Link")
    case .name(let name):
      return try await channel(named: name, guild: guildText, where: isWanted)
    }
  }

  func channel(id: String) async throws -> Channel {
    Channel(id: id, json: try await client.request(.get, "/channels/\(id)"))
  }

  private func channel(
    named name: String, guild guildText: String?, where isWanted: (Int64?) -> Bool
  ) async throws -> Channel {
    let guilds =
      try await guildText == nil
      ? Self.candidates(self.guilds()) : [self.guild(guildText)]
    guard !guilds.isEmpty else { throw Self.inNoGuild(client) }
    var objects: [JSONValue] = []
    var candidates: [Candidate] = []
    for guild in guilds {
      let all = try await channels(of: guild.id)
      let wanted = all.filter { isWanted($0["type"]?.integer) }
      objects += wanted
      candidates += Self.candidates(wanted) {
        Self.detail($0, among: all, guild: guilds.count > 1 ? guild : nil)
      }
    }
    var lookup = NameLookup(name, among: candidates)
    if lookup == .unknown, isWanted(11) {
      for guild in guilds {
        let threads = try await threads(of: guild.id)
        objects += threads
        candidates += Self.candidates(threads) {
          Self.detail($0, among: objects, guild: guilds.count > 1 ? guild : nil)
        }
      }
      lookup = NameLookup(name, among: candidates)
    }
    switch lookup {
    case .found(let candidate):
      let object = objects.first { $0["id"]?.string == candidate.id } ?? .null
      return Channel(id: candidate.id, json: object)
    case .ambiguous(let channels):
      throw FirstHourFailure.channelAmbiguous.failure([
        "name": name, "candidates": NameLookup.list(channels),
      ])
    case .unknown:
      if DiscordTarget.isID(name) { return try await channel(id: name) }
      throw FirstHourFailure.channelUnknown.failure([
        "name": name, "guild": guilds.count == 1 ? guilds[0].name : "any of its guilds",
        "channels": NameLookup.list(candidates),
      ])
    }
  }

  private static func detail(
    _ channel: JSONValue, among all: [JSONValue], guild: Candidate?
  ) -> String {
    let parent = channel["parent_id"]?.string
    let category = all.first { $0["id"]?.string == parent && parent != nil }
    let place = [guild?.name, category?["name"]?.string].compactMap { $0 }
      .map { Terminal.escaped($0, limit: 40) }.joined(separator: " / ")
    let kind = ChannelKind.name(channel["type"]?.integer)
    return place.isEmpty ? kind : "\(kind) in \(place)"
  }

  /// The message that an address means, or an id together with a channel.
  func message(_ text: String, channel: Channel?) throws -> Message {
    switch try DiscordTarget(text) {
    case .address(_, let channel?, let message?): return Message(channel: channel, id: message)
    case .id(let id), .name(let id):
      guard DiscordTarget.isID(id) else { break }
      guard let channel else {
        throw CommandFailure(.usage, "message \(id) needs its --channel, or give its address")
      }
      return Message(channel: channel.id, id: id)
    default: break
    }
    throw CommandFailure(
      .usage, "\(Terminal.escaped(text, limit: 120)) is no message",
      hint: "in Discord: right click the message, Copy Message Link")
  }
}
