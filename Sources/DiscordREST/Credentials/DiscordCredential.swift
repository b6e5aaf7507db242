/// A bot's token, and optionally a user's.
///
/// It never shows them: its description is `<redacted>`, and `dump` finds nothing in it.
public struct DiscordCredential: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  package let botToken: String
  package let userToken: String?

  /// A credential with a bot's token; blanks around it and a leading `Bot ` are taken off.
  ///
  /// - Throws: `DiscordError` with kind `credentialInvalid` if it cannot be a token.
  public init(botToken: String) throws(DiscordError) {
    try self.init(botToken: botToken, userToken: nil)
  }

  /// A credential with a bot's token and a user's.
  ///
  /// **Discord's terms forbid to automate a user account.** See ``Identity/user``.
  ///
  /// - Throws: `DiscordError` with kind `credentialInvalid` if one of them cannot be a token.
  public init(botToken: String, userToken: String?) throws(DiscordError) {
    self.botToken = botToken
    self.userToken = userToken
  }

  /// `<redacted>`.
  public var description: String { "<redacted>" }

  /// `<redacted>`.
  public var debugDescription: String { "<redacted>" }

  /// Has no children.
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// The token from where the system, the user or the environment keeps it.
  ///
  /// `$CREDENTIALS_DIRECTORY/discord-token` (systemd), else `tokenFile`, else `DISCORD_BOT_TOKEN`.
  ///
  /// - Parameters:
  ///   - tokenFile: A file that only its owner can read.
  ///   - environment: The process' environment.
  /// - Throws: `DiscordError`: `credentialMissing`, `credentialInvalid`, or `notPermitted` for a
  ///   file that others can read.
  public static func load(
    tokenFile: String? = nil, environment: [String: String]
  ) throws(DiscordError) -> DiscordCredential {
    throw DiscordError(.credentialMissing, "not yet written")
  }
}
