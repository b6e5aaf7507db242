/// A recorder begins to write: the first of a session, or one that goes on with it.
public struct RecorderEvent: CaptureEventPayload {
  public static let kind = "recorder"
  public var build: String
  public var process: Int32
  /// The bot's user id.
  public var user: String
  /// True when it goes on with a capture that another process began.
  public var resumed: Bool
  public var message: String {
    "\(build), process \(process), bot \(user), \(resumed ? "goes on with" : "begins") the session"
  }
  public init(build: String, process: Int32, user: String, resumed: Bool) {
    self.build = build
    self.process = process
    self.user = user
    self.resumed = resumed
  }
}

/// There is no voice connection from here on, or there is one again.
public struct GapEvent: CaptureEventPayload {
  public static let kind = "gap"
  public static let begins = "begins"
  public static let ends = "ends"
  /// ``begins`` or ``ends``.
  public var state: String
  /// A word: `network`, `close_4006`, `moved`, `zombie`, `recorder`, ….
  public var cause: String
  /// How long it was; nil when it begins.
  public var milliseconds: Int64?
  public var message: String {
    "a gap \(state), cause \(cause)" + (milliseconds.map { ", after \($0) ms" } ?? "")
  }
  public init(state: String, cause: String, milliseconds: Int64? = nil) {
    self.state = state
    self.cause = cause
    self.milliseconds = milliseconds
  }
}

/// The signaling of a connection was taken up again: its media may have had no gap.
public struct ResumedEvent: CaptureEventPayload {
  public static let kind = "resumed"
  public var connection: UInt32
  public var message: String { "connection \(connection) resumed" }
  public init(connection: UInt32) { self.connection = connection }
}

/// The recorder is in another channel from here on.
public struct MovedEvent: CaptureEventPayload {
  public static let kind = "moved"
  public var channel: String
  public var message: String { "moved to channel \(channel)" }
  public init(channel: String) { self.channel = channel }
}

/// Somebody came into the channel, left it, or did something in it that is not speech.
public struct ParticipantEvent: CaptureEventPayload {
  public static let kind = "participant"
  public var user: String
  /// `present` (before the recorder), `joined`, `left`, `camera_on`, `camera_off`, `stream_on`,
  /// `stream_off`, `soundboard`.
  public var state: String
  public var bot: Bool
  public var message: String { "\(bot ? "bot" : "user") \(user): \(state)" }
  public init(user: String, state: String, bot: Bool) {
    self.user = user
    self.state = state
    self.bot = bot
  }
}

/// What the people in the channel were told.
public struct NoticeEvent: CaptureEventPayload {
  public static let kind = "notice"
  /// `posted`, `repeated`, `off`, `refused`, `failed`, `withdrawn`, `nickname_set`,
  /// `nickname_refused`, `nickname_restored`.
  public var state: String
  public var channel: String
  /// The id of the message, where there is one.
  public var post: String?
  public var message: String {
    "notice \(state) in channel \(channel)" + (post.map { ", message \($0)" } ?? "")
  }
  public init(state: String, channel: String, post: String? = nil) {
    self.state = state
    self.channel = channel
    self.post = post
  }
}

/// A moment that the operator wants to find again; the note stands in the clear.
public struct MarkEvent: CaptureEventPayload {
  public static let kind = "mark"
  public var number: Int
  public var note: String?
  public var message: String { "mark \(number)" }
  public init(number: Int, note: String?) {
    self.number = number
    self.note = note
  }
}

/// A user's speech is not stored from here on, or it is again.
public struct ExclusionEvent: CaptureEventPayload {
  public static let kind = "exclusion"
  public var user: String
  public var excluded: Bool
  public var message: String { "user \(user) is \(excluded ? "" : "no longer ")excluded" }
  public init(user: String, excluded: Bool) {
    self.user = user
    self.excluded = excluded
  }
}

/// The recording is in danger, or no longer.
public struct AlertEvent: CaptureEventPayload {
  public static let kind = "alert"
  public var cause: String
  /// `raised` or `cleared`.
  public var state: String
  public var text: String
  public var message: String { "alert \(state): \(cause): \(text)" }
  public init(cause: String, state: String, text: String) {
    self.cause = cause
    self.state = state
    self.text = text
  }
}

/// The recorder's own voice state changed.
public struct OwnStateEvent: CaptureEventPayload {
  public static let kind = "own_state"
  public var channel: String?
  /// By the guild's doing.
  public var deaf: Bool
  public var mute: Bool
  /// In the audience of a stage.
  public var suppress: Bool
  public var message: String {
    "the recorder is in channel \(channel ?? "none")" + (deaf ? ", deafened" : "")
      + (mute ? ", muted" : "") + (suppress ? ", in the audience" : "")
  }
  public init(channel: String?, deaf: Bool, mute: Bool, suppress: Bool) {
    self.channel = channel
    self.deaf = deaf
    self.mute = mute
    self.suppress = suppress
  }
}

/// Something to know for whoever looks for a fault.
public struct RecorderWarningEvent: CaptureEventPayload {
  public static let kind = "warning"
  /// A word: `dave_badCommit`, `udp_silent`, `unknown_op`, ….
  public var code: String
  public var text: String
  public var message: String { "\(code): \(text)" }
  public init(code: String, text: String) {
    self.code = code
    self.text = text
  }
}
