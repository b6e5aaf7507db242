public import DiscordREST

/// Which voice channel to stay in, and how.
public struct VoiceConfiguration: Sendable {
  /// The guild.
  public var guild: ID<Guild>
  /// The voice or stage channel.
  public var channel: ID<Channel>
  /// Whether the bot shows as muted.
  public var selfMute = true
  /// Whether the bot shows as deaf. Discord sends a deaf bot no sound.
  public var selfDeaf = false
  /// Whether the stay goes on in another channel when somebody moves the bot there; else it ends.
  public var followsMoves = true
  /// The number of the first connection: a recording that goes on counts on.
  public var firstConnection: UInt32 = 0
  /// How much the system shall keep of what arrives and is not read yet, in bytes.
  public var receiveBufferBytes = 4 << 20
  /// How long the main gateway may take to answer that the bot is in the channel.
  public var joinTimeout: Duration = .seconds(5)
  /// Allows voice servers on this host and without TLS: only for a simulator.
  public var allowsLoopback = false
  /// Whether voice servers on this host speak TLS; those of Discord always do.
  public var usesTLSOnLoopback = false
  /// A PEM file with the certificates to trust in place of the system's; nil: the system's.
  public var trustRootsFile: String?
  /// Asks for what is to be known of a channel; nil: nothing is known of it.
  public var channelFacts: (@Sendable (ID<Channel>) async -> VoiceChannelFacts?)?

  /// A stay in this channel: muted, not deaf, following moves.
  public init(guild: ID<Guild>, channel: ID<Channel>) {
    self.guild = guild
    self.channel = channel
  }
}
