/// Something that endangers a recording, or the all-clear.
public struct Alert: Sendable, Hashable {
  /// What is wrong: stable names, for programs.
  public enum Cause: String, Sendable, Hashable, CaseIterable, Codable {
    /// Somebody speaks, and nothing of it opens.
    case unreadable
    /// The gateway says that somebody speaks, and nothing arrives.
    case silent
    /// Packets are lost on this host: by the kernel, the ring or the disk.
    case drops
    /// More packets come than the caps let through.
    case flood
    /// The disk runs short.
    case diskSpace = "disk_space"
    /// Writing fails.
    case diskError = "disk_error"
    /// Somebody deafened the recorder in the guild.
    case deafened
    /// The recorder was moved to the guild's AFK channel, where nobody is heard.
    case afk
    /// Keys cannot be stored in time.
    case keyLog = "key_log"
    /// There is no voice connection.
    case gap
    /// The recording has ended, and neither its operator nor a rule of theirs ended it.
    case ended
  }

  /// What is wrong.
  public var cause: Cause
  /// One sentence for people: what is wrong, and what to do; ids, no names.
  public var message: String
  /// When, nanoseconds since the Unix epoch on the session clock.
  public var time: Int64
  /// True for the all-clear.
  public var isCleared: Bool

  package init(_ cause: Cause, _ message: String, time: Int64, isCleared: Bool = false) {
    self.cause = cause
    self.message = message
    self.time = time
    self.isCleared = isCleared
  }
}
