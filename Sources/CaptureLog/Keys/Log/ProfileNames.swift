/// What a user is called; stored sealed, since the packet log holds ids only.
public struct ProfileNames: Sendable, Equatable {
  /// The name on the server (guild).
  public var nick: String?
  /// The display name.
  public var global: String?
  /// The unique name.
  public var username: String?
  public var isBot: Bool

  public init(
    nick: String? = nil, global: String? = nil, username: String? = nil, isBot: Bool = false
  ) {
    self.nick = nick
    self.global = global
    self.username = username
    self.isBot = isBot
  }
}
