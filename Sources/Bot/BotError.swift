/// What the bot itself refuses; errors of Discord are `DiscordError`.
public struct BotError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of error.
  public enum Code: String, Hashable, Sendable {
    /// A command that Discord would not take, or whose name is in use.
    case invalidCommand
    /// The bot is not running, or runs already.
    case invalidState
    /// More commands run at once than ``BotConfiguration/maximumConcurrentCommands``.
    case busy
  }

  /// What went wrong.
  public let code: Code
  /// A sentence for people.
  public let message: String

  /// An error with a sentence for people.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The sentence.
  public var description: String { message }
}

/// Thrown by a command to tell the caller something, instead of the general apology; not kept as a
/// failure of the bot.
///
/// ```swift
/// guard let channel = context.channel("where") else { throw CommandRefusal("Which channel?") }
/// ```
public struct CommandRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the caller is told.
  public let message: String

  /// A refusal with the words for the caller.
  public init(_ message: String) { self.message = message }

  /// The words for the caller.
  public var description: String { message }
}
