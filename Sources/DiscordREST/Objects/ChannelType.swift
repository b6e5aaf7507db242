/// What a channel is; a number that this library does not name is kept.
///
/// Source: https://docs.discord.com/developers/resources/channel
public struct ChannelType: RawRepresentable, Hashable, Sendable {
  /// Discord's number of it.
  public let rawValue: Int

  /// The type with Discord's number, known or not.
  public init(rawValue: Int) {
    self.rawValue = rawValue
  }

  /// A text channel of a guild.
  public static let text = ChannelType(rawValue: 0)
  /// A direct message between two users.
  public static let directMessage = ChannelType(rawValue: 1)
  /// A voice channel of a guild.
  public static let voice = ChannelType(rawValue: 2)
  /// A direct message among several users.
  public static let groupDirectMessage = ChannelType(rawValue: 3)
  /// A category: holds up to 50 channels.
  public static let category = ChannelType(rawValue: 4)
  /// A channel that users can follow into their own guild.
  public static let announcement = ChannelType(rawValue: 5)
  /// A thread of an announcement channel.
  public static let announcementThread = ChannelType(rawValue: 10)
  /// A thread that all who see its channel see.
  public static let publicThread = ChannelType(rawValue: 11)
  /// A thread that only the invited see.
  public static let privateThread = ChannelType(rawValue: 12)
  /// A stage: a voice channel with an audience.
  public static let stage = ChannelType(rawValue: 13)
  /// The directory of a hub.
  public static let directory = ChannelType(rawValue: 14)
  /// A channel that holds only threads.
  public static let forum = ChannelType(rawValue: 15)
  /// A forum for media.
  public static let media = ChannelType(rawValue: 16)

  /// A thread of any kind.
  public var isThread: Bool { (10...12).contains(rawValue) }
  /// A text or announcement channel of a guild.
  public var isText: Bool { self == .text || self == .announcement }
  /// A voice or stage channel, which can be joined by voice.
  public var isVoice: Bool { self == .voice || self == .stage }
  /// A direct message, with one user or several.
  public var isDirectMessage: Bool { self == .directMessage || self == .groupDirectMessage }
}

extension ChannelType: CustomStringConvertible {
  /// A short name (`text`, `voice`, …); the number for a type that has none here.
  public var description: String {
    switch self {
    case .text: "text"
    case .directMessage: "dm"
    case .voice: "voice"
    case .groupDirectMessage: "group dm"
    case .category: "category"
    case .announcement: "announcement"
    case .announcementThread: "announcement thread"
    case .publicThread: "thread"
    case .privateThread: "private thread"
    case .stage: "stage"
    case .directory: "directory"
    case .forum: "forum"
    case .media: "media"
    default: String(rawValue)
    }
  }
}
