/// The HTTP methods that Discord's API knows.
public enum DiscordMethod: String, Hashable, Sendable, CaseIterable {
  /// Reads.
  case get = "GET"
  /// Makes something new.
  case post = "POST"
  /// Puts something in place, whether or not it was there.
  case put = "PUT"
  /// Changes some fields.
  case patch = "PATCH"
  /// Removes.
  case delete = "DELETE"

  /// Whether doing it twice is doing it once (RFC 9110, section 9.2.2).
  package var isIdempotent: Bool { self != .post && self != .patch }
}

/// On whose behalf a call is made.
public enum Identity: String, Hashable, Sendable, CaseIterable {
  /// The bot: the token of a `DiscordCredential`.
  case bot
  /// A user's own account, by the credential's user token.
  ///
  /// **Discord's terms forbid to automate a user account, and accounts are closed for it.** Only
  /// calls that are told to use it do; nothing of the library falls back to it.
  case user
}
