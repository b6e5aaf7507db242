extension Command {
  /// Refuses what Discord would refuse, so that one bad command does not fail all others, which
  /// are registered together.
  ///
  /// Source: Discord's documentation, "Application Commands", naming and option structure.
  package func validate() throws(BotError) {
    try Self.check(name: name, of: "command")
    try Self.check(length: description, 1...100, "the description of \(name)")
    guard options.count <= 25 else { throw refusal("has more than 25 options") }
    var names = Set<String>()
    var optionalSeen = false
    for option in options {
      try Self.check(name: option.name, of: "option")
      try Self.check(length: option.description, 1...100, "the description of \(option.name)")
      guard names.insert(option.name).inserted else {
        throw refusal("has two options called \(option.name)")
      }
      if option.isRequired && optionalSeen {
        throw refusal("has the required option \(option.name) after an optional one")
      }
      optionalSeen = optionalSeen || !option.isRequired
      try validate(option)
    }
  }

  private func validate(_ option: CommandOption) throws(BotError) {
    guard option.choices.count <= 25 else {
      throw refusal("has more than 25 choices for \(option.name)")
    }
    for choice in option.choices {
      try Self.check(length: choice.name, 1...100, "a choice of \(option.name)")
      switch (option.kind, choice.value) {
      case (.string, .string(let text)):
        try Self.check(length: text, 1...100, "a choice of \(option.name)")
      case (.integer, .integer), (.number, .number): break
      default: throw refusal("has a choice of another type for \(option.name)")
      }
    }
    guard let range = option.range else { return }
    let limit =
      switch option.kind {
      case .integer, .number: -9_007_199_254_740_992.0...9_007_199_254_740_992.0
      case .string: 0.0...6000.0
      default: throw refusal("has a range for \(option.name), which has none")
      }
    guard limit.contains(range.lowerBound), limit.contains(range.upperBound) else {
      throw refusal("has a range for \(option.name) beyond \(limit)")
    }
  }

  private func refusal(_ reason: String) -> BotError {
    BotError(.invalidCommand, "The command \(name) \(reason).")
  }

  private static func check(
    length text: String, _ range: ClosedRange<Int>, _ what: String
  ) throws(BotError) {
    guard range.contains(text.unicodeScalars.count) else {
      throw BotError(
        .invalidCommand,
        "\(what) must have \(range.lowerBound) to \(range.upperBound) characters.")
    }
  }

  private static func check(name: String, of what: String) throws(BotError) {
    let isName = name.unicodeScalars.allSatisfy { scalar in
      switch scalar {
      case "-", "_", "'": true
      default:
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .otherLetter, .modifierLetter, .decimalNumber, .letterNumber,
          .otherNumber:
          true
        // Thai and Devanagari write vowels as marks.
        case .nonspacingMark, .spacingMark:
          (0x0900...0x097F).contains(scalar.value) || (0x0E00...0x0E7F).contains(scalar.value)
        // Capitals are refused where a small letter exists.
        case .uppercaseLetter, .titlecaseLetter:
          scalar.properties.lowercaseMapping == String(Character(scalar))
        default: false
        }
      }
    }
    guard isName, (1...32).contains(name.unicodeScalars.count) else {
      throw BotError(
        .invalidCommand,
        "'\(name)' is no name for a \(what): 1 to 32 lower-case letters, digits, -, _ or '.")
    }
  }
}
