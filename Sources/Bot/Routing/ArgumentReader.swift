internal import DiscordREST

/// Reads one word of a prefix command as the value of an option.
struct ArgumentReader {
  let option: CommandOption

  func read(_ word: String) -> Result<CommandValue, CommandArguments.Problem> {
    if !option.choices.isEmpty {
      let choice = option.choices.first { $0.name.lowercased() == word.lowercased() }
      if let choice { return .success(choice.value) }
      let names = option.choices.map(\.name).joined(separator: ", ")
      return problem("must be one of \(names)")
    }
    switch option.kind {
    case .string:
      if let range = option.range, !range.contains(Double(word.count)) {
        return problem(
          "must have \(Int64(range.lowerBound)) to \(Int64(range.upperBound)) characters")
      }
      return .success(.string(word))
    case .integer:
      guard let value = Int64(word), value.magnitude <= 1 << 53 else {
        return problem("must be a whole number")
      }
      return inRange(Double(value), .integer(value))
    case .number:
      guard let value = Double(word), value.magnitude <= 0x1p53 else {
        return problem("must be a number")
      }
      return inRange(value, .number(value))
    case .boolean:
      switch word.lowercased() {
      case "true", "yes", "on", "1": return .success(.boolean(true))
      case "false", "no", "off", "0": return .success(.boolean(false))
      default: return problem("must be yes or no")
      }
    case .user:
      return reference(word, ["<@!", "<@"]).map { .success(.user(ID($0))) }
        ?? problem("must be a mention or an id of a user")
    case .channel:
      return reference(word, ["<#"]).map { .success(.channel(ID($0))) }
        ?? problem("must be a mention or an id of a channel")
    case .role:
      return reference(word, ["<@&"]).map { .success(.role(ID($0))) }
        ?? problem("must be a mention or an id of a role")
    }
  }

  /// The id in a mention, or a bare one.
  private func reference(_ word: String, _ openings: [String]) -> Snowflake? {
    for opening in openings where word.hasPrefix(opening) && word.hasSuffix(">") {
      return Snowflake(String(word.dropFirst(opening.count).dropLast()))
    }
    return Snowflake(word)
  }

  private func inRange(
    _ number: Double, _ value: CommandValue
  ) -> Result<CommandValue, CommandArguments.Problem> {
    guard let range = option.range, !range.contains(number) else { return .success(value) }
    if option.kind == .integer {
      return problem("must be between \(Int64(range.lowerBound)) and \(Int64(range.upperBound))")
    }
    return problem("must be between \(range.lowerBound) and \(range.upperBound)")
  }

  private func problem(_ rule: String) -> Result<CommandValue, CommandArguments.Problem> {
    .failure(CommandArguments.Problem(message: "\(option.name) \(rule)."))
  }
}
