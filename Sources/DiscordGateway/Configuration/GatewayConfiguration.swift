public import JSONValues

/// How a ``GatewayClient`` introduces itself, and its bounds.
public struct GatewayConfiguration: Sendable {
  /// One part of a bot that is split over several connections: guild `id` belongs to shard
  /// `(id >> 22) % count`.
  public struct Shard: Hashable, Sendable {
    /// The number of this shard, from 0.
    public var index: Int
    /// How many shards the bot has.
    public var count: Int

    /// Makes shard `index` of `count`.
    public init(index: Int, count: Int) {
      self.index = index
      self.count = count
    }
  }

  /// What Discord shall tell.
  public var intents: Intents
  /// The shard of this connection; nil: the bot has one connection.
  public var shard: Shard?
  /// The presence to begin with, an "update presence" object; nil: online.
  public var presence: JSONValue?
  /// From how many members on Discord leaves offline members out of a guild's list: 50 to 250;
  /// nil: Discord's own default, 50.
  public var largeThreshold: Int?
  /// The gateway's URL; nil: asked of the REST API, as Discord recommends.
  public var url: String?
  /// The operating system, as told to Discord.
  public var operatingSystem = "linux"
  /// The library's name, as told to Discord.
  public var library = "tapedeck"
  /// A PEM file with the certificates to trust in place of the system's; nil: the system's.
  public var trustRootsFile: String?
  /// How many events wait for one subscriber or for the handlers of one type before more are
  /// counted as missed.
  public var eventBufferLimit = 10_000

  /// Makes a configuration for `intents`.
  public init(intents: Intents = .recording, shard: Shard? = nil, presence: JSONValue? = nil) {
    self.intents = intents
    self.shard = shard
    self.presence = presence
  }
}
