public import JSONValues

/// Where a bot's gateway is, and how many connections Discord suggests.
///
/// Source: https://docs.discord.com/developers/events/gateway#get-gateway-bot
public struct GatewayInfo: DiscordObject {
  /// How often the bot may begin a new session.
  public struct SessionStartLimit: Hashable, Sendable {
    /// Starts in the whole period.
    public let total: Int
    /// Starts left.
    public let remaining: Int
    /// The time until the count begins anew.
    public let resetAfter: Duration
    /// Starts within 5 seconds.
    public let maximumConcurrency: Int
  }

  /// What Discord sent.
  public let json: JSONValue
  /// The client that received it.
  public let client: DiscordClient
  /// The WebSocket's address, without version and encoding.
  public let url: String

  /// Wraps the answer.
  ///
  /// - Throws: `DiscordError` with kind `invalidResponse` without `url`.
  public init(json: JSONValue, client: DiscordClient) throws(DiscordError) {
    self.json = json
    self.client = client
    url = try Fields(json, of: "GatewayInfo").string("url")
  }

  /// How many connections Discord suggests; 1 without a suggestion.
  public var shards: Int { max(1, json.int("shards") ?? 1) }

  /// How often the bot may begin a new session; nil from a call without a token.
  public var sessionStartLimit: SessionStartLimit? {
    guard let limit = json["session_start_limit"], let remaining = limit.int("remaining") else {
      return nil
    }
    let milliseconds = min(max(limit.int("reset_after") ?? 0, 0), 1_000_000_000)
    return SessionStartLimit(
      total: limit.int("total") ?? 1000, remaining: remaining,
      resetAfter: .milliseconds(milliseconds),
      maximumConcurrency: max(1, limit.int("max_concurrency") ?? 1))
  }

  /// `GatewayInfo(url: "wss://…", shards: 1)`.
  public var description: String {
    "GatewayInfo(url: \"\(DisplayText.sanitized(url))\", shards: \(shards))"
  }
}
