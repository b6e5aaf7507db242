package import DiscordREST
package import JSONValues

/// Which command a message or an interaction calls; pure.
package struct CommandRouter: Sendable {
  /// Where a message or interaction goes.
  package enum Route: Sendable {
    /// Nothing of ours.
    case ignored
    /// A call of a command, with its arguments read.
    case call(Command, CommandArguments)
    /// A call that cannot be run; the sentence is for the caller.
    case refused(Command, reason: String)
    /// A slash command that is not, or no more, known.
    case unknown(name: String)
  }

  /// What prefix commands begin with; nil for none.
  package var prefix: String?
  /// Whether messages of other bots and of webhooks are answered.
  package var answersBots: Bool
  /// The bot's own user, known when it is connected; before, no message is routed, since it could
  /// be our own.
  package var ownUser: ID<User>?
  /// The commands by name.
  package private(set) var commands: [String: Command] = [:]

  /// A router without commands.
  package init(prefix: String?, answersBots: Bool = false) {
    self.prefix = prefix
    self.answersBots = answersBots
  }

  /// Adds a command, or replaces the one of the same name.
  package mutating func add(_ command: Command) throws(BotError) {
    try command.validate()
    if commands[command.name] == nil && commands.count >= 100 {
      throw BotError(.invalidCommand, "Discord takes at most 100 slash commands of an application.")
    }
    commands[command.name] = command
  }

  /// Removes a command; false if there is none of that name.
  package mutating func remove(_ name: String) -> Bool {
    commands.removeValue(forKey: name) != nil
  }

  /// Where a message goes.
  package func route(_ message: IncomingMessage) -> Route {
    guard let ownUser, message.author != ownUser, message.isWritten else { return .ignored }
    guard answersBots || !(message.isFromBot || message.isFromWebhook) else { return .ignored }
    guard let call = call(in: message.content, to: ownUser), let command = commands[call.name]
    else { return .ignored }
    if command.isGuildOnly && message.guild == nil {
      return .refused(command, reason: "\(command.name) works in servers only.")
    }
    switch CommandArguments.parse(call.text, for: command.options) {
    case .success(let arguments): return .call(command, arguments)
    case .failure(let problem):
      let usage = command.usage(prefix: prefix ?? "@bot ")
      return .refused(command, reason: "\(problem.message) Usage: \(usage)")
    }
  }

  /// Where an interaction goes; all but calls of slash commands (type 2, data type 1) is ignored.
  package func route(interaction: JSONValue) -> Route {
    guard interaction["type"]?.integer == 2, let data = interaction["data"],
      data["type"]?.integer ?? 1 == 1, let name = data["name"]?.string
    else { return .ignored }
    guard let command = commands[name] else { return .unknown(name: name) }
    return .call(command, CommandArguments(interaction: data))
  }

  /// The name and the text of a call, if the message begins with the prefix or our mention.
  private func call(in content: String, to ownUser: ID<User>) -> (name: String, text: String)? {
    let content = content.drop(while: \.isWhitespace)
    let mentions = ["<@\(ownUser.snowflake)>", "<@!\(ownUser.snowflake)>"]
    let rest: Substring
    if let prefix, !prefix.isEmpty, content.hasPrefix(prefix) {
      rest = content.dropFirst(prefix.count)
      // "! echo" is no command: too often it is just an exclamation.
      guard rest.first?.isWhitespace == false else { return nil }
    } else if let mention = mentions.first(where: content.hasPrefix) {
      rest = content.dropFirst(mention.count).drop(while: \.isWhitespace)
    } else {
      return nil
    }
    let end = rest.firstIndex(where: \.isWhitespace) ?? rest.endIndex
    guard end > rest.startIndex else { return nil }
    return (rest[..<end].lowercased(), String(rest[end...].drop(while: \.isWhitespace)))
  }
}
