public import DiscordREST
internal import DiscordGateway
public import JSONValues

/// One call of a command: who called, with what, and the way to answer.
public struct CommandContext: Sendable {
  /// How the command was called.
  public enum Source: Sendable {
    /// By a message that begins with the prefix or a mention of the bot.
    case message(Message)
    /// As a slash command.
    case interaction(Interaction)
  }

  /// The bot.
  public let bot: Bot
  /// The command.
  public let command: Command
  /// How it was called.
  public let source: Source
  /// Who called it.
  public let caller: User
  /// The server in which it was called, nil in a direct message.
  public let guild: ID<Guild>?
  /// The channel in which it was called.
  public let channel: ID<Channel>

  let arguments: CommandArguments
  let answers: any CommandAnswers

  /// All behind the command's name, as typed.
  public var text: String { arguments.text }

  /// The words of ``text``; what is in double quotes is one word.
  public var words: [String] { ArgumentText.words(of: text) }

  /// The client, for whatever else is to be done.
  public var client: DiscordClient { bot.client }

  /// The voice channel that the caller is in, nil if in none of this server; needs the intents
  /// GUILDS and GUILD_VOICE_STATES, which are not privileged.
  public var callerVoiceChannel: ID<Channel>? {
    guard let guild else { return nil }
    return bot.gateway.voiceStates.participant(caller, in: guild)?.channelID
  }

  /// The value of an option, nil if it was not given.
  public subscript(_ option: String) -> CommandValue? { arguments.values[option] }

  /// The value of an option of type `.string`.
  public func string(_ option: String) -> String? {
    guard case .string(let value) = self[option] else { return nil }
    return value
  }

  /// The value of an option of type `.integer`.
  public func integer(_ option: String) -> Int64? {
    guard case .integer(let value) = self[option] else { return nil }
    return value
  }

  /// The value of an option of type `.number` or `.integer`.
  public func number(_ option: String) -> Double? {
    switch self[option] {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  /// The value of an option of type `.boolean`.
  public func boolean(_ option: String) -> Bool? {
    guard case .boolean(let value) = self[option] else { return nil }
    return value
  }

  /// The value of an option of type `.user`.
  public func user(_ option: String) -> ID<User>? {
    guard case .user(let value) = self[option] else { return nil }
    return value
  }

  /// The value of an option of type `.channel`.
  public func channel(_ option: String) -> ID<Channel>? {
    guard case .channel(let value) = self[option] else { return nil }
    return value
  }

  /// The value of an option of type `.role`.
  public func role(_ option: String) -> ID<Role>? {
    guard case .role(let value) = self[option] else { return nil }
    return value
  }

  /// Answers the call; can be done several times, a slash command's within 15 minutes.
  ///
  /// Text of more than 2,000 characters becomes several messages.
  ///
  /// - Parameters:
  ///   - content: The text.
  ///   - embeds: Embeds as Discord documents them, up to 10.
  ///   - files: Files to upload.
  ///   - allowedMentions: Whom the answer notifies: by default nobody, whatever its text says.
  ///   - ephemeral: Whether only the caller sees it, for a prefix command by a direct message; by
  ///     default as the command is.
  /// - Throws: `DiscordError`; for a prefix command's private answer with Discord's code 50007
  ///   where the caller takes no direct messages from the bot.
  public func reply(
    _ content: String, embeds: [JSONValue] = [], files: [FileUpload] = [],
    allowedMentions: AllowedMentions = .none, ephemeral: Bool? = nil
  ) async throws {
    let message = OutgoingMessage(
      content: content, embeds: embeds, files: files, allowedMentions: allowedMentions)
    try await answers.reply(message.parts, isEphemeral: ephemeral ?? command.isEphemeral)
  }

  /// Shows that the bot is at work: a slash command "thinks", for a message the bot types.
  ///
  /// The bot does this for a slash command by itself when ``BotConfiguration/deferAfter`` is over.
  public func showProgress() async throws {
    try await answers.showProgress(isEphemeral: command.isEphemeral)
  }
}

/// The ways to answer a call.
protocol CommandAnswers: Sendable {
  func reply(_ messages: [OutgoingMessage], isEphemeral: Bool) async throws
  func showProgress(isEphemeral: Bool) async throws
  /// Once the command is over: nil if it went well.
  func finish(saying problem: String?) async throws
}
