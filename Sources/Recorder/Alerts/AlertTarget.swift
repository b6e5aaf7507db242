public import DiscordREST

/// Whom to tell when a recording is in danger.
public enum AlertTarget: Sendable, Hashable {
  /// A text channel.
  case channel(ID<Channel>)
  /// A direct message to a user.
  case directMessage(ID<User>)
  /// A JSON object is posted to this address, as a Discord webhook takes it.
  case webhook(String)
  /// A program, run without a shell; it gets the alert as JSON on its standard input and
  /// `raised` or `cleared`, the cause and the message as arguments.
  case command(String)

  /// Reads `channel:ID`, `dm:ID`, `webhook:URL` (or the URL alone) and `command:PROGRAM`; nil for
  /// anything else.
  public init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let rest = String(text[text.index(after: colon)...])
    guard !rest.isEmpty else { return nil }
    switch text[..<colon] {
    case "channel":
      guard let id = ID<Channel>(rest) else { return nil }
      self = .channel(id)
    case "dm":
      guard let id = ID<User>(rest) else { return nil }
      self = .directMessage(id)
    case "command": self = .command(rest)
    case "webhook":
      guard Self.isAllowed(url: rest) else { return nil }
      self = .webhook(rest)
    case "http", "https":
      guard Self.isAllowed(url: text) else { return nil }
      self = .webhook(text)
    default: return nil
    }
  }

  /// Whether alerts may go to an address: by https, in the clear on this machine only.
  static func isAllowed(url: String) -> Bool {
    if url.hasPrefix("https://") { return url.utf8.count > 8 }
    return ["http://127.0.0.1:", "http://127.0.0.1/", "http://[::1]:", "http://localhost:"]
      .contains { url.hasPrefix($0) }
  }
}
