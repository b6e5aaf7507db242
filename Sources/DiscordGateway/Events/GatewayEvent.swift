public import DiscordREST
public import JSONValues

/// What Discord told over the gateway.
///
/// What this library has no type for is ``unknown(name:json:)``, with all that was sent.
public enum GatewayEvent: Sendable {
  /// A session has begun.
  case ready(GatewayReady)
  /// A session goes on over a new connection; what was missed has been told before this.
  case resumed
  /// A guild became known to the bot, or available again. Intent `GUILDS`, as all of guilds, channels
  /// and threads.
  case guildCreate(Guild)
  /// A guild changed.
  case guildUpdate(Guild)
  /// A guild is gone for the bot, or unavailable.
  case guildDelete(GuildDeletion)
  /// A channel was made.
  case channelCreate(Channel)
  /// A channel changed.
  case channelUpdate(Channel)
  /// A channel was deleted.
  case channelDelete(Channel)
  /// A thread was made, or the bot was added to it.
  case threadCreate(Channel)
  /// A thread changed.
  case threadUpdate(Channel)
  /// A thread was deleted; only its id, guild, parent and type are told.
  case threadDelete(Channel)
  /// Someone joined a guild. Intent `GUILD_MEMBERS`, which is privileged.
  case memberAdd(Member)
  /// A member changed. Intent `GUILD_MEMBERS`, which is privileged; of the bot itself always told.
  case memberUpdate(Member)
  /// Someone left a guild; only user and guild are told. Intent `GUILD_MEMBERS`, which is privileged.
  case memberRemove(Member)
  /// A message was sent. Intent `GUILD_MESSAGES` or `DIRECT_MESSAGES`; its text, unless it is to the
  /// bot or mentions it, only with `MESSAGE_CONTENT`, which is privileged.
  case messageCreate(Message)
  /// A message changed. Intents as for ``messageCreate(_:)``.
  case messageUpdate(Message)
  /// Messages were deleted, one or in bulk. Intents `GUILD_MESSAGES`, `DIRECT_MESSAGES`.
  case messageDelete(MessageDeletion)
  /// Someone joined, left or changed in a voice channel. Intent `GUILD_VOICE_STATES`.
  case voiceStateUpdate(VoiceState)
  /// The voice server to use; told to who joins a voice channel.
  case voiceServerUpdate(VoiceServerUpdate)
  /// A slash command, button, or the like was used. Needs no intent.
  case interactionCreate(Interaction)
  /// A scheduled event was made. Intent `GUILD_SCHEDULED_EVENTS`.
  case scheduledEventCreate(ScheduledEvent)
  /// A scheduled event changed, began or ended. Intent `GUILD_SCHEDULED_EVENTS`.
  case scheduledEventUpdate(ScheduledEvent)
  /// A scheduled event was cancelled. Intent `GUILD_SCHEDULED_EVENTS`.
  case scheduledEventDelete(ScheduledEvent)
  /// This subscriber was too slow: so many events were dropped here.
  case missed(Int)
  /// Any other event by Discord's name (of an operation that is not known: `OP n`), with its data.
  case unknown(name: String, json: JSONValue)
}

extension GatewayEvent {
  /// The event of what the session passed on; what lacks a required field is unknown.
  init(_ dispatch: SessionDispatch, client: DiscordClient) {
    let json = dispatch.data
    func object<Object: DiscordObject>(_: Object.Type) -> Object? {
      try? Object(json: json, client: client)
    }
    let event: GatewayEvent? =
      switch dispatch.name {
      case "READY":
        GatewayReady(json: json, followsLostSession: dispatch.followsLostSession).map { .ready($0) }
      case "RESUMED": .resumed
      case "GUILD_CREATE": object(Guild.self).map { .guildCreate($0) }
      case "GUILD_UPDATE": object(Guild.self).map { .guildUpdate($0) }
      case "GUILD_DELETE": GuildDeletion(json).map { .guildDelete($0) }
      case "CHANNEL_CREATE": object(Channel.self).map { .channelCreate($0) }
      case "CHANNEL_UPDATE": object(Channel.self).map { .channelUpdate($0) }
      case "CHANNEL_DELETE": object(Channel.self).map { .channelDelete($0) }
      case "THREAD_CREATE": object(Channel.self).map { .threadCreate($0) }
      case "THREAD_UPDATE": object(Channel.self).map { .threadUpdate($0) }
      case "THREAD_DELETE": object(Channel.self).map { .threadDelete($0) }
      case "GUILD_MEMBER_ADD": object(Member.self).map { .memberAdd($0) }
      case "GUILD_MEMBER_UPDATE": object(Member.self).map { .memberUpdate($0) }
      case "GUILD_MEMBER_REMOVE": object(Member.self).map { .memberRemove($0) }
      case "MESSAGE_CREATE": object(Message.self).map { .messageCreate($0) }
      case "MESSAGE_UPDATE": object(Message.self).map { .messageUpdate($0) }
      case "MESSAGE_DELETE", "MESSAGE_DELETE_BULK": MessageDeletion(json).map { .messageDelete($0) }
      case "VOICE_STATE_UPDATE": object(VoiceState.self).map { .voiceStateUpdate($0) }
      case "VOICE_SERVER_UPDATE": object(VoiceServerUpdate.self).map { .voiceServerUpdate($0) }
      case "INTERACTION_CREATE": object(Interaction.self).map { .interactionCreate($0) }
      case "GUILD_SCHEDULED_EVENT_CREATE":
        object(ScheduledEvent.self).map { .scheduledEventCreate($0) }
      case "GUILD_SCHEDULED_EVENT_UPDATE":
        object(ScheduledEvent.self).map { .scheduledEventUpdate($0) }
      case "GUILD_SCHEDULED_EVENT_DELETE":
        object(ScheduledEvent.self).map { .scheduledEventDelete($0) }
      default: nil
      }
    self = event ?? .unknown(name: dispatch.name, json: json)
  }
}

extension GuildDeletion {
  fileprivate init?(_ json: JSONValue) {
    guard let guild = ID<Guild>(json: json["id"]) else { return nil }
    self.init(guildID: guild, isUnavailable: json["unavailable"]?.bool ?? false)
  }
}

extension MessageDeletion {
  fileprivate init?(_ json: JSONValue) {
    guard let channel = ID<Channel>(json: json["channel_id"]) else { return nil }
    let ids = json["ids"]?.array ?? [json["id"] ?? .null]
    let messages = ids.compactMap { ID<Message>(json: $0) }
    guard !messages.isEmpty else { return nil }
    self.init(
      messageIDs: messages, channelID: channel, guildID: ID<Guild>(json: json["guild_id"]))
  }
}
