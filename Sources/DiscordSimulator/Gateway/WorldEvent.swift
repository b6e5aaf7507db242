package import JSONValues

/// Something that happened in the world and that gateway sessions hear of: one Dispatch (op 0).
///
/// The world says what happened and whom it concerns; the gateway decides by a session's intents,
/// shard and account whether and with which fields it is sent.
/// <https://discord.com/developers/docs/events/gateway-events#receive-events>
package struct WorldEvent: Hashable, Sendable {
  /// Whom an event concerns.
  package enum Audience: Hashable, Sendable {
    /// Every account that is a member of the guild with this id.
    case guild(UInt64)
    /// Those members of a guild who can view the channel: `world.canView(user, channel)`.
    case channel(UInt64, guild: UInt64)
    /// These accounts only: direct messages, interactions (the application's bot), removals.
    case users([UInt64])
  }

  /// The event's name, such as `MESSAGE_CREATE`.
  package var type: String
  /// The payload's `d`, complete: the gateway takes out what a session may not see.
  package var data: JSONValue
  /// Whom the event concerns.
  package var audience: Audience

  /// An event of the given name with its whole data.
  package init(_ type: String, _ data: JSONValue, to audience: Audience) {
    self.type = type
    self.data = data
    self.audience = audience
  }
}
