package import JSONValues

/// What the gateway asks of the world: who a token is and what that account sees.
package protocol GatewayWorld {
  /// The bot whose token this is, nil for an unknown one (close code 4004).
  func gatewayAccount(token: String) -> GatewayAccount?
  /// Whether the user is in the guild and so hears of what happens in it.
  func isMember(user: UInt64, of guild: UInt64) -> Bool
  /// Whether the user sees the channel and so hears of what happens in it.
  func isVisible(channel: UInt64, to user: UInt64) -> Bool
  /// The guild with all that GUILD_CREATE may carry (`channels`, `threads`, `members`, `roles`,
  /// `voice_states`, `presences`, `guild_scheduled_events`…), whatever the session may see.
  func gatewayGuild(_ id: UInt64) -> JSONValue?
}

/// A bot account as its gateway session needs it.
package struct GatewayAccount: Sendable {
  /// The user object.
  package var user: JSONValue
  /// The user's id.
  package var userID: UInt64
  /// The id of the application that owns the bot.
  package var applicationID: UInt64
  /// The application's flags, which say what privileged intents it has.
  package var applicationFlags: UInt64
  /// The guilds that the bot is in, in the order in which READY lists them.
  package var guilds: [UInt64]

  /// An account of the given ids.
  package init(
    user: JSONValue, userID: UInt64, applicationID: UInt64, applicationFlags: UInt64,
    guilds: [UInt64]
  ) {
    self.user = user
    self.userID = userID
    self.applicationID = applicationID
    self.applicationFlags = applicationFlags
    self.guilds = guilds
  }
}

extension JSONValue {
  /// An id as Discord sends it: a string.
  static func id(_ value: UInt64) -> JSONValue { .string(String(value)) }

  /// An id as clients send it: a string, or with some libraries a number.
  var snowflake: UInt64? {
    switch self {
    case .string(let text): UInt64(text)
    case .integer(let value): UInt64(exactly: value)
    default: nil
    }
  }
}
