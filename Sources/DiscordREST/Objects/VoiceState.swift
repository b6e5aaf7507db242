public import FoundationEssentials
public import JSONValues

/// Where a user is in voice, and how.
///
/// Source: https://docs.discord.com/developers/resources/voice#voice-state-object
public struct VoiceState: DiscordObject {
  /// What Discord sent.
  public let json: JSONValue
  /// The client that received it.
  public let client: DiscordClient
  /// Who.
  public let userID: ID<User>
  /// The guild; nil for a call in a direct message.
  public let guildID: ID<Guild>?

  /// Wraps a voice state object.
  ///
  /// - Throws: `DiscordError` with kind `invalidResponse` without `user_id`.
  public init(json: JSONValue, client: DiscordClient) throws(DiscordError) {
    try self.init(json: json, client: client, guildID: nil)
  }

  /// The same, with the guild that Discord leaves out of the states within a guild.
  package init(
    json: JSONValue, client: DiscordClient, guildID: ID<Guild>?
  ) throws(DiscordError) {
    self.json = json
    self.client = client
    userID = try Fields(json, of: "VoiceState").id("user_id")
    self.guildID = json.id("guild_id") ?? guildID
  }

  /// The channel; nil when the user has left.
  public var channelID: ID<Channel>? { json.id("channel_id") }

  /// The session, which the voice gateway asks for.
  public var sessionID: String? { json.text("session_id") }

  /// The user as a member of the guild, when Discord sent it along.
  public var member: Member? {
    guard let member = json["member"], !member.isNull else { return nil }
    return try? Member(json: member, client: client, guildID: guildID)
  }

  /// Whether the guild muted the user.
  public var isMuted: Bool { json.flag("mute") }
  /// Whether the guild deafened the user.
  public var isDeafened: Bool { json.flag("deaf") }
  /// Whether the user muted the own microphone.
  public var isSelfMuted: Bool { json.flag("self_mute") }
  /// Whether the user turned the sound off.
  public var isSelfDeafened: Bool { json.flag("self_deaf") }
  /// Whether the user shares a screen.
  public var isStreaming: Bool { json.flag("self_stream") }
  /// Whether the user's camera is on.
  public var hasVideo: Bool { json.flag("self_video") }
  /// Whether the user may not speak on the stage.
  public var isSuppressed: Bool { json.flag("suppress") }
  /// When the user asked to speak on the stage; nil if not.
  public var requestedToSpeakAt: Date? { json.date("request_to_speak_timestamp") }

  /// `VoiceState(user: 1, channel: 2)`.
  public var description: String {
    "VoiceState(user: \(userID), channel: \(channelID?.description ?? "none"))"
  }
}

/// The voice server of a guild, as the gateway names it after a client asked to join.
///
/// Source: https://docs.discord.com/developers/events/gateway-events#voice-server-update
public struct VoiceServerUpdate: DiscordObject {
  /// What Discord sent; its `token` is a secret.
  public let json: JSONValue
  /// The client that received it.
  public let client: DiscordClient
  /// The guild.
  public let guildID: ID<Guild>
  /// The secret for this voice connection.
  public let token: String

  /// Wraps the event's data.
  ///
  /// - Throws: `DiscordError` with kind `invalidResponse` without `guild_id` or `token`.
  public init(json: JSONValue, client: DiscordClient) throws(DiscordError) {
    let fields = try Fields(json, of: "VoiceServerUpdate")
    self.json = json
    self.client = client
    guildID = try fields.id("guild_id")
    token = try fields.string("token")
  }

  /// The host and perhaps a port, without a scheme; nil while the server is away and another one
  /// is looked for.
  public var endpoint: String? { json.text("endpoint").flatMap { $0.isEmpty ? nil : $0 } }

  /// `VoiceServerUpdate(guild: 1, endpoint: "…")`; never the token.
  public var description: String {
    "VoiceServerUpdate(guild: \(guildID), "
      + "endpoint: \"\(DisplayText.sanitized(endpoint ?? ""))\")"
  }
}
