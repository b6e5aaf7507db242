public import DiscordREST
public import SystemPackage

/// How a recording stands: a snapshot.
public struct RecordingStatus: Sendable, Equatable {
  /// Somebody in the channel, or who was.
  public struct Speaker: Sendable, Equatable, Identifiable {
    public var id: ID<User>
    /// Nickname, else global name, else username, else the id. Foreign text: escape it before it
    /// goes to a terminal.
    public var name: String
    public var isBot: Bool
    /// Whether they are in the channel now.
    public var isPresent: Bool
    /// Whether packets of theirs came within the last 300 ms.
    public var isSpeaking: Bool
    /// Whether their speech is not stored.
    public var isExcluded: Bool
    /// Voice packets stored.
    public var packets: UInt64
    /// Voice packets that never came, by their sequence numbers.
    public var lost: UInt64
  }

  /// The voice connection.
  public enum Connection: Sendable, Equatable {
    case joining
    case connected
    /// A gap, with its cause: `network`, `close_4006`, `moved`, ….
    case reconnecting(String)
    case ended
  }

  /// End-to-end encryption.
  public enum Encryption: Sendable, Equatable {
    /// Not known yet.
    case unknown
    /// The call has none.
    case off
    /// A stage channel, which never has it.
    case stage
    /// A group is being made, or nobody else is there.
    case pending
    /// The recorder is in the group; people can compare the privacy code.
    case on(epoch: UInt64, privacyCode: String)
  }

  /// Packets of the voice socket that are not in the capture.
  public struct Drops: Sendable, Equatable {
    /// By the kernel, before the process saw them.
    public var kernel: UInt64 = 0
    /// The ring was full.
    public var ring: UInt64 = 0
    /// Over the caps of rate.
    public var cap: UInt64 = 0
    /// The disk did not take them.
    public var disk: UInt64 = 0

    public init() {}

    /// All of them.
    public var total: UInt64 { kernel &+ ring &+ cap &+ disk }
  }

  /// The capture's id, the name of its folder.
  public var capture: String
  public var folder: FilePath
  /// Where it is recorded now.
  public var guild: ID<Guild>
  public var channel: ID<Channel>
  public var guildName: String?
  public var channelName: String?
  /// Since the recorder first was in the channel; zero before that.
  public var elapsed: Duration
  public var connection: Connection
  /// How many voice connections there were.
  public var connections: Int
  /// Connections lost so far, by cause.
  public var reconnects: [String: Int]
  public var encryption: Encryption
  /// In the order of their first appearance.
  public var speakers: [Speaker]
  /// Voice packets stored.
  public var packets: UInt64
  /// Datagrams that came, by kind: `voice`, `video`, `rtcp`, `keepalive`, `foreign`, ….
  public var kinds: [String: UInt64]
  /// Datagrams counted and not stored, by reason: `video`, `excluded`, `unmapped`, `cap`, ….
  public var counted: [String: UInt64]
  /// Frames that the watch could not open, by reason.
  public var undecryptable: [String: UInt64]
  /// Since the last packet of any kind; nil before the first.
  public var lastPacketAge: Duration?
  public var bytesWritten: UInt64
  public var queueBytes: Int
  public var drops: Drops
  /// Free bytes on the disk; nil when it cannot be told.
  public var freeBytes: Int64?
  /// What is wrong now.
  public var alerts: [Alert]
  /// What went wrong in small, latest last, at most 20.
  public var warnings: [String]
  /// Marks set so far.
  public var marks: Int

  package init(
    capture: String, folder: FilePath, guild: ID<Guild>, channel: ID<Channel>
  ) {
    self.capture = capture
    self.folder = folder
    self.guild = guild
    self.channel = channel
    elapsed = .zero
    connection = .joining
    connections = 0
    reconnects = [:]
    encryption = .unknown
    speakers = []
    packets = 0
    kinds = [:]
    counted = [:]
    undecryptable = [:]
    bytesWritten = 0
    queueBytes = 0
    drops = Drops()
    alerts = []
    warnings = []
    marks = 0
  }
}
