public import CaptureLog
public import DiscordREST
public import SystemPackage

/// What to record, where to, and when to stop.
public struct RecordingOptions: Sendable {
  /// The guild.
  public var guild: ID<Guild>
  /// The voice or stage channel.
  public var channel: ID<Channel>
  /// The folder that the capture's folder is made in; it must exist.
  public var captures: FilePath
  /// Whom the capture's keys are sealed to; at least one.
  public var recipients: [OperatorPublicKey]
  /// What people in the channel are told; nil: nothing, which is the operator's responsibility.
  public var notice: Notice?
  /// Whose speech is not stored, whatever the opt-out list says.
  public var excluded: Set<ID<User>> = []
  /// A file with one user id a line, whose speech is not stored; read again when it changes.
  public var optOutFile: FilePath?
  /// When to stop by itself.
  public var stopRules = StopRules()
  /// Whether to go on in another channel when somebody moves the recorder; false: stop.
  public var followsMoves = true
  /// Who is told when the recording is in danger, besides log and status.
  public var alerts: [AlertTarget] = []
  /// A capture to go on with; nil: a new one.
  public var resume: FilePath?
  /// How long the capture is to be kept, an ISO 8601 duration as `P30D`; nil: until deleted.
  public var retention: String?
  /// The guild's name, where it is known; else the API is asked.
  public var guildName: String?
  /// The channel's name, where it is known; else the API is asked.
  public var channelName: String?
  /// Limits of segments, queues and free space.
  public var writer = WriterOptions()
  /// Where the lock lies that keeps this bot from recording a guild twice: a folder of this user
  /// alone; nil: the usual place on this host (`$XDG_RUNTIME_DIR`, else one like it).
  public var lockFolder: FilePath?
  /// Where it is kept what the bot was called before the recording, until that is restored; nil: beside
  /// the captures. All recordings of a bot should have the same folder, to restore what a crash left.
  public var nicknameFolder: FilePath?
  /// How long joining may take in all.
  public var joinTimeout: Duration = .seconds(30)

  /// Options with the defaults, for a channel.
  public init(
    guild: ID<Guild>, channel: ID<Channel>, captures: FilePath, recipients: [OperatorPublicKey],
    notice: Notice? = Notice()
  ) {
    self.guild = guild
    self.channel = channel
    self.captures = captures
    self.recipients = recipients
    self.notice = notice
  }
}
