/// The contents of `session.json`.
///
/// Nothing in it is secret beyond ids: names of people live sealed in the key log.
public struct SessionInfo: Codable, Sendable, Equatable {
  /// `tapedeck.capture/1`; a reader refuses a number it does not know.
  public static let currentSchema = "tapedeck.capture/1"

  public var schema: String
  /// The folder's name, `20261124T090002Z-<guild id>-<channel id>`.
  public var id: String
  public var guildID: String
  public var guildName: String?
  public var channelID: String
  public var channelName: String?
  /// ISO 8601 in UTC, whole seconds.
  public var start: String
  /// The same moment in nanoseconds since the Unix epoch, as a decimal string.
  public var startUnixNanoseconds: String
  /// The program that made the capture, `tapedeck 0.1.0`.
  public var build: String
  /// Key ids (16 hex digits) of the operator keys that the key log is sealed to.
  public var recipients: [String]
  /// How long the capture is to be kept, ISO 8601 duration; nil: until deleted.
  public var retention: String?
  /// `discord`, `simulated`, or the imported format (`mjr`, `pcap`, `pcapng`).
  public var source: String
  /// False for imports, whose packets are plain RTP.
  public var encryptedAtRest: Bool
  /// The boot the session started on (`/proc/sys/kernel/random/boot_id`), nil for imports.
  public var bootID: String?
  /// CLOCK_BOOTTIME at `start`, nanoseconds as a decimal string: a restart on the same boot goes
  /// on with the same session clock.
  public var startBoottimeNanoseconds: String?

  public init(
    schema: String = SessionInfo.currentSchema, id: String, guildID: String,
    guildName: String? = nil,
    channelID: String, channelName: String? = nil, start: String, startUnixNanoseconds: Int64,
    build: String, recipients: [String], retention: String? = nil, source: String,
    encryptedAtRest: Bool = true, bootID: String? = nil, startBoottimeNanoseconds: Int64? = nil
  ) {
    self.schema = schema
    self.id = id
    self.guildID = guildID
    self.guildName = guildName
    self.channelID = channelID
    self.channelName = channelName
    self.start = start
    self.startUnixNanoseconds = String(startUnixNanoseconds)
    self.build = build
    self.recipients = recipients
    self.retention = retention
    self.source = source
    self.encryptedAtRest = encryptedAtRest
    self.bootID = bootID
    self.startBoottimeNanoseconds = startBoottimeNanoseconds.map { String($0) }
  }

  private enum CodingKeys: String, CodingKey {
    case schema, id
    case guildID = "guild_id"
    case guildName = "guild_name"
    case channelID = "channel_id"
    case channelName = "channel_name"
    case start
    case startUnixNanoseconds = "start_unix_ns"
    case build, recipients, retention, source
    case encryptedAtRest = "encrypted_at_rest"
    case bootID = "boot_id"
    case startBoottimeNanoseconds = "start_boottime_ns"
  }
}
