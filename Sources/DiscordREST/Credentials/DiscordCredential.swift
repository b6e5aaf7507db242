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
    self.botToken = try Self.token(botToken)
    self.userToken = if let userToken { try Self.token(userToken) } else { nil }
  }

  /// `<redacted>`.
  public var description: String { "<redacted>" }

  /// `<redacted>`.
  public var debugDescription: String { "<redacted>" }

  /// Has no children.
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// The longest token taken; Discord's have about 72 characters.
  static let maximumLength = 512

  /// The token in what was pasted; errors tell nothing of it.
  private static func token(_ pasted: String) throws(DiscordError) -> String {
    let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    var bytes = pasted.utf8.drop { blanks.contains($0) }
    while let last = bytes.last, blanks.contains(last) { bytes.removeLast() }
    let isAlone = bytes.dropFirst(3).first.map { blanks.contains($0) } ?? true
    if isAlone, bytes.prefix(3).map({ $0 | 0x20 }) == Array("bot".utf8) {
      bytes = bytes.dropFirst(3).drop { blanks.contains($0) }
    }
    guard !bytes.isEmpty else {
      throw DiscordError(
        .credentialMissing, "the token is empty", hint: DiscordCredential.hint)
    }
    guard bytes.count <= maximumLength, bytes.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
      throw DiscordError(
        .credentialInvalid, "what was given as the token cannot be one", hint: hint)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static let hint =
    "Copy the token from the developer portal under Bot > Reset Token, and store it with "
    + "`tapedeck setup`"
}
