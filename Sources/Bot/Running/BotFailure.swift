public import DiscordREST

/// An error that a bot met while it ran.
public struct BotFailure: Error, Sendable, CustomStringConvertible {
  /// What the bot was doing.
  public enum Activity: Hashable, Sendable {
    /// Running a command of this name.
    case command(String)
    /// Answering a call of a command of this name.
    case answer(String)
    /// Registering slash commands.
    case registration
  }

  /// What the bot was doing.
  public let activity: Activity
  /// Who called the command; nil for registration.
  public let user: ID<User>?
  /// What was thrown.
  public let error: any Error

  /// A failure while doing something for somebody.
  package init(_ activity: Activity, user: ID<User>? = nil, error: any Error) {
    self.activity = activity
    self.user = user
    self.error = error
  }

  /// One line for a log.
  public var description: String { "\(activity): \(error)" }
}
