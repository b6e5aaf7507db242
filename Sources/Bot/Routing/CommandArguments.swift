package import JSONValues
internal import DiscordREST

/// The arguments of one call.
package struct CommandArguments: Hashable, Sendable {
  /// Why words do not fit a command's options.
  package struct Problem: Error, Hashable, Sendable {
    /// A sentence for the caller, without mentions.
    package let message: String
  }

  /// Values by option name.
  package var values: [String: CommandValue] = [:]
  /// All behind the name, as typed; of a slash command the values in their order.
  package var text: String = ""

  /// Reads the options of an interaction's data. Sub-commands (types 1 and 2), which this library
  /// does not register, are kept as `.other` with what is in them.
  package init(interaction data: JSONValue) {
    for option in data["options"]?.array ?? [] {
      guard let name = option["name"]?.string, let type = option["type"]?.integer else { continue }
      let raw = option["value"] ?? option["options"] ?? .null
      let value = Self.value(raw, type: type) ?? .other(type: type, value: raw)
      values[name] = value
      if let word = raw.string ?? raw.integer.map(String.init) ?? raw.number.map({ "\($0)" }) {
        text += text.isEmpty ? word : " " + word
      }
    }
  }

  private init(values: [String: CommandValue], text: String) {
    self.values = values
    self.text = text
  }

  /// Reads the words behind a prefix command's name.
  package static func parse(
    _ text: String, for options: [CommandOption]
  ) -> Result<CommandArguments, Problem> {
    var words = ArgumentText(text)
    var values: [String: CommandValue] = [:]
    for (index, option) in options.enumerated() {
      let takesRest = option.kind == .string && index == options.count - 1 && option.choices.isEmpty
      guard let word = takesRest ? words.takeRest() : words.next() else {
        if option.isRequired { return .failure(Problem(message: "\(option.name) is missing.")) }
        break
      }
      switch ArgumentReader(option: option).read(word) {
      case .success(let value): values[option.name] = value
      case .failure(let problem): return .failure(problem)
      }
    }
    if !options.isEmpty, let extra = words.next() {
      let shown = String(extra.prefix(50))
      return .failure(Problem(message: "I do not know what to do with `\(escaped(shown))`."))
    }
    return .success(CommandArguments(values: values, text: text))
  }

  /// A word within a code span.
  static func escaped(_ word: String) -> String {
    String(word.map { $0 == "`" || $0.isNewline ? "'" : $0 })
  }

  private static func value(_ raw: JSONValue, type: Int64) -> CommandValue? {
    switch CommandOption.Kind(rawValue: type) {
    case .string: raw.string.map { .string($0) }
    case .integer: raw.integer.map { .integer($0) }
    case .boolean: raw.bool.map { .boolean($0) }
    case .number: raw.number.map { .number($0) }
    case .user: raw.string.flatMap { ID($0) }.map { .user($0) }
    case .channel: raw.string.flatMap { ID($0) }.map { .channel($0) }
    case .role: raw.string.flatMap { ID($0) }.map { .role($0) }
    case nil: nil
    }
  }
}
