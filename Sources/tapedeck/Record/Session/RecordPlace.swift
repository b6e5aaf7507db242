internal import DiscordGateway
internal import DiscordREST
internal import JSONValues
internal import Recorder

/// The channel that is to be recorded, as Discord knows it.
struct RecordPlace: Sendable {
  var guild: ID<Guild>
  var channel: ID<DiscordREST.Channel>
  var guildName: String?
  var channelName: String
  /// How many people fit in; nil: any number.
  var limit: Int64?

  init(_ channel: VoicePlaces.Channel) throws(CommandFailure) {
    guard let guild = ID<Guild>(channel.guildID), let id = ID<DiscordREST.Channel>(channel.id)
    else { throw CommandFailure(.software, "the channel's id is none") }
    self.guild = guild
    self.channel = id
    guildName = channel.guildName
    channelName = channel.name
    limit = channel.limit
  }

  /// The channel that the arguments name.
  ///
  /// - Throws: 64 for an ambiguous name, 65 for a channel of another kind, 66 for an unknown one.
  init(_ text: String, guild guildText: String?, _ resolver: TargetResolver) async throws {
    let found = try await Self.find(text, guildText, resolver)
    guard let guildID = found.guild, ChannelKind.voice.contains(found.type ?? -1) else {
      let all = try await found.guild.asyncMap { try await resolver.channels(of: $0) } ?? []
      let voice = all.filter { ChannelKind.voice.contains($0["type"]?.integer ?? -1) }
      throw FirstHourFailure.notAVoiceChannel.failure([
        "channel": found.shown, "kind": ChannelKind.name(found.type),
        "channels": NameLookup.list(TargetResolver.candidates(voice)),
      ])
    }
    let limit = found.json["user_limit"]?.integer ?? 0
    let guild = try await resolver.guild(guildID)
    var channel = VoicePlaces.Channel(
      id: found.id, name: found.name, guildID: guildID, guildName: guild.name)
    channel.limit = limit > 0 ? limit : nil
    try self.init(channel)
  }

  private static func find(
    _ text: String, _ guild: String?, _ resolver: TargetResolver
  ) async throws -> TargetResolver.Channel {
    do {
      return try await resolver.channel(text, guild: guild) { ChannelKind.voice.contains($0 ?? -1) }
    } catch let error as DiscordError where error.kind == .forbidden {
      throw FirstHourFailure.viewChannelMissing.failure(["channel": text])
    } catch let unknown as CommandFailure
      where unknown.label == FirstHourFailure.channelUnknown.rawValue
    {
      // Perhaps it is a channel of another kind, and then that is what to say.
      guard let other = try? await resolver.channel(text, guild: guild) else { throw unknown }
      return other
    }
  }

  /// What a refusal means, with what to do about it.
  func failure(_ error: any Error, occupants: Int) -> CommandFailure? {
    switch (error as? RecorderError)?.code {
    case .encryptionRequired: FirstHourFailure.encryptionRequired.failure()
    case .channelFull:
      FirstHourFailure.channelFull.failure([
        "channel": "#\(channelName)", "count": "\(occupants)",
        "limit": limit.map { "\($0)" } ?? "?",
      ])
    default: CommandFailure(error)
    }
  }
}

extension Optional where Wrapped: Sendable {
  fileprivate func asyncMap<T: Sendable>(
    _ transform: (Wrapped) async throws -> T
  ) async throws -> T? {
    guard let value = self else { return nil }
    return try await transform(value)
  }
}
