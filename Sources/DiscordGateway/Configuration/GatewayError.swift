/// Why the gateway cannot go on, or cannot do what was asked.
public struct GatewayError: Error, Hashable, Sendable {
  /// The kinds of errors.
  public enum Code: String, Hashable, Sendable {
    /// Discord does not accept the token (close code 4004, or 401 of the REST API).
    case authenticationFailed
    /// The shard asked for does not exist (close code 4010).
    case invalidShard
    /// The bot is in too many guilds for one connection (close code 4011).
    case shardingRequired
    /// Discord no longer speaks this version of the gateway (close code 4012).
    case invalidAPIVersion
    /// The intents have bits that Discord does not know (close code 4013).
    case invalidIntents
    /// A privileged intent is not switched on for the application (close code 4014).
    case disallowedIntents
    /// The gateway's address is none that may be connected to.
    case urlNotAllowed
    /// A payload is over the 4096 bytes that Discord takes.
    case payloadTooLarge
    /// Too many payloads wait to be sent.
    case sendQueueFull
    /// The client was stopped, or has failed.
    case notRunning
    /// The client runs already, or ran once: each ``GatewayClient`` runs once.
    case alreadyStarted
    /// What was waited for did not come in time.
    case timedOut
  }

  /// The kind of error.
  public let code: Code
  /// The WebSocket close code that Discord gave, if it was one.
  public let closeCode: Int?
  /// What is wrong, one sentence.
  public let message: String
  /// How to mend it.
  public let hint: String?

  package init(_ code: Code, closeCode: Int? = nil, _ message: String, hint: String? = nil) {
    self.code = code
    self.closeCode = closeCode
    self.message = message
    self.hint = hint
  }
}

extension GatewayError: CustomStringConvertible {
  /// The message, and the hint if there is one.
  public var description: String {
    hint.map { "\(message) \($0)" } ?? message
  }
}

extension GatewayError {
  /// The error for a close code after which connecting again is no use, else nil.
  ///
  /// Source: Discord documentation, "Gateway Close Event Codes".
  package init?(closeCode: UInt16, intents: Intents, shard: GatewayConfiguration.Shard?) {
    let code = Int(closeCode)
    let asked = shard.map { "shard \($0.index) of \($0.count)" } ?? "no shard"
    switch closeCode {
    case 4004:
      self.init(
        .authenticationFailed, closeCode: code, "Discord does not accept the bot token (4004).",
        hint: "Copy the token again, or reset it: developer portal, your application, Bot.")
    case 4010:
      self.init(
        .invalidShard, closeCode: code, "Discord does not accept the shard (4010): \(asked).",
        hint: "The index must be from 0 to one less than the count.")
    case 4011:
      self.init(
        .shardingRequired, closeCode: code,
        "The bot is in too many guilds for one connection (4011): \(asked).",
        hint: "Use the number of shards that /gateway/bot recommends.")
    case 4012:
      self.init(
        .invalidAPIVersion, closeCode: code,
        "Discord no longer speaks version 10 of the gateway (4012).",
        hint: "Update this library.")
    case 4013:
      self.init(
        .invalidIntents, closeCode: code,
        "Discord does not know some of the intents \(intents.rawValue) (4013): \(intents).")
    case 4014:
      self = .disallowedIntents(intents)
    default:
      return nil
    }
  }

  /// Discord does not say which intent it refused; those asked for that are privileged can be it.
  private static func disallowedIntents(_ intents: Intents) -> GatewayError {
    let privileged = intents.intersection(.privileged)
    let asked = privileged.isEmpty ? intents : privileged
    return GatewayError(
      .disallowedIntents, closeCode: 4014,
      "The application may not use a privileged intent that was asked for (4014): \(asked).",
      hint: "Switch it on at https://discord.com/developers/applications, your application, Bot, "
        + "\"Privileged Gateway Intents\", or do not ask for it.")
  }
}
