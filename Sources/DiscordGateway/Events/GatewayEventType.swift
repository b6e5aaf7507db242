public import DiscordREST
public import JSONValues

/// A kind of event, with the type of what comes with it: what a handler is registered for.
///
/// ```swift
/// gateway.on(.messageCreate) { message in print(message.content) }
/// gateway.on(.event("TYPING_START")) { json in … }
/// ```
public struct GatewayEventType<Payload: Sendable>: Sendable {
  /// Discord's names of the events.
  public let names: [String]
  let payload: @Sendable (GatewayEvent, SessionDispatch) -> Payload?

  init(_ names: String..., payload: @escaping @Sendable (GatewayEvent) -> Payload?) {
    self.names = names
    self.payload = { event, _ in payload(event) }
  }

  private init(name: String, payload: @escaping @Sendable (SessionDispatch) -> Payload?) {
    names = [name]
    self.payload = { _, dispatch in payload(dispatch) }
  }
}

extension GatewayEventType where Payload == JSONValue {
  /// Any event by Discord's name, such as `TYPING_START`; its data as it came.
  public static func event(_ name: String) -> Self { Self(name: name) { $0.data } }
}

extension GatewayEventType where Payload == GatewayReady {
  /// A session has begun.
  public static var ready: Self {
    Self("READY") { if case .ready(let ready) = $0 { ready } else { nil } }
  }
}

extension GatewayEventType where Payload == Guild {
  /// A guild became known, or available again.
  public static var guildCreate: Self {
    Self("GUILD_CREATE") { if case .guildCreate(let guild) = $0 { guild } else { nil } }
  }
  /// A guild changed.
  public static var guildUpdate: Self {
    Self("GUILD_UPDATE") { if case .guildUpdate(let guild) = $0 { guild } else { nil } }
  }
}

extension GatewayEventType where Payload == GuildDeletion {
  /// A guild is gone for the bot, or unavailable.
  public static var guildDelete: Self {
    Self("GUILD_DELETE") { if case .guildDelete(let guild) = $0 { guild } else { nil } }
  }
}

extension GatewayEventType where Payload == Channel {
  /// A channel was made.
  public static var channelCreate: Self {
    Self("CHANNEL_CREATE") { if case .channelCreate(let channel) = $0 { channel } else { nil } }
  }
  /// A channel changed.
  public static var channelUpdate: Self {
    Self("CHANNEL_UPDATE") { if case .channelUpdate(let channel) = $0 { channel } else { nil } }
  }
  /// A channel was deleted.
  public static var channelDelete: Self {
    Self("CHANNEL_DELETE") { if case .channelDelete(let channel) = $0 { channel } else { nil } }
  }
  /// A thread was made, or the bot was added to it.
  public static var threadCreate: Self {
    Self("THREAD_CREATE") { if case .threadCreate(let thread) = $0 { thread } else { nil } }
  }
  /// A thread changed.
  public static var threadUpdate: Self {
    Self("THREAD_UPDATE") { if case .threadUpdate(let thread) = $0 { thread } else { nil } }
  }
  /// A thread was deleted.
  public static var threadDelete: Self {
    Self("THREAD_DELETE") { if case .threadDelete(let thread) = $0 { thread } else { nil } }
  }
}

extension GatewayEventType where Payload == Member {
  /// Someone joined a guild. Intent `GUILD_MEMBERS`, which is privileged.
  public static var memberAdd: Self {
    Self("GUILD_MEMBER_ADD") { if case .memberAdd(let member) = $0 { member } else { nil } }
  }
  /// A member changed. Intent `GUILD_MEMBERS`, which is privileged.
  public static var memberUpdate: Self {
    Self("GUILD_MEMBER_UPDATE") { if case .memberUpdate(let member) = $0 { member } else { nil } }
  }
  /// Someone left a guild. Intent `GUILD_MEMBERS`, which is privileged.
  public static var memberRemove: Self {
    Self("GUILD_MEMBER_REMOVE") { if case .memberRemove(let member) = $0 { member } else { nil } }
  }
}

extension GatewayEventType where Payload == Message {
  /// A message was sent.
  public static var messageCreate: Self {
    Self("MESSAGE_CREATE") { if case .messageCreate(let message) = $0 { message } else { nil } }
  }
  /// A message changed.
  public static var messageUpdate: Self {
    Self("MESSAGE_UPDATE") { if case .messageUpdate(let message) = $0 { message } else { nil } }
  }
}

extension GatewayEventType where Payload == MessageDeletion {
  /// Messages were deleted, one or in bulk.
  public static var messageDelete: Self {
    Self("MESSAGE_DELETE", "MESSAGE_DELETE_BULK") {
      if case .messageDelete(let deletion) = $0 { deletion } else { nil }
    }
  }
}

extension GatewayEventType where Payload == VoiceState {
  /// Someone joined, left or changed in a voice channel.
  public static var voiceStateUpdate: Self {
    Self("VOICE_STATE_UPDATE") {
      if case .voiceStateUpdate(let state) = $0 { state } else { nil }
    }
  }
}

extension GatewayEventType where Payload == VoiceServerUpdate {
  /// The voice server to use.
  public static var voiceServerUpdate: Self {
    Self("VOICE_SERVER_UPDATE") {
      if case .voiceServerUpdate(let update) = $0 { update } else { nil }
    }
  }
}

extension GatewayEventType where Payload == Interaction {
  /// A slash command, button, or the like was used.
  public static var interactionCreate: Self {
    Self("INTERACTION_CREATE") {
      if case .interactionCreate(let interaction) = $0 { interaction } else { nil }
    }
  }
}

extension GatewayEventType where Payload == ScheduledEvent {
  /// A scheduled event was made.
  public static var scheduledEventCreate: Self {
    Self("GUILD_SCHEDULED_EVENT_CREATE") {
      if case .scheduledEventCreate(let event) = $0 { event } else { nil }
    }
  }
  /// A scheduled event changed, began or ended.
  public static var scheduledEventUpdate: Self {
    Self("GUILD_SCHEDULED_EVENT_UPDATE") {
      if case .scheduledEventUpdate(let event) = $0 { event } else { nil }
    }
  }
  /// A scheduled event was cancelled.
  public static var scheduledEventDelete: Self {
    Self("GUILD_SCHEDULED_EVENT_DELETE") {
      if case .scheduledEventDelete(let event) = $0 { event } else { nil }
    }
  }
}
