internal import DiscordREST
package import JSONValues

/// Commands in Discord's form, and whether those registered differ; pure.
package enum CommandRegistration {
  /// The application command object of a command.
  ///
  /// Source: Discord's documentation, "Application Commands", application command structure.
  package static func json(of command: Command, global: Bool) -> JSONValue {
    var object: [String: JSONValue] = [
      "name": .string(command.name), "description": .string(command.description), "type": 1,
    ]
    if !command.options.isEmpty {
      object["options"] = .array(command.options.map(json(of:)))
    }
    if let permissions = command.permissions {
      object["default_member_permissions"] = .string(permissions.text)
    }
    // Contexts (0: servers) are a matter of global commands; others are in a server anyway.
    if global && command.isGuildOnly { object["contexts"] = [0] }
    return .object(object)
  }

  private static func json(of option: CommandOption) -> JSONValue {
    var object: [String: JSONValue] = [
      "name": .string(option.name), "description": .string(option.description),
      "type": .integer(option.kind.rawValue),
    ]
    if option.isRequired { object["required"] = true }
    if !option.choices.isEmpty {
      object["choices"] = .array(
        option.choices.map { ["name": .string($0.name), "value": json(of: $0.value)] })
    }
    if let range = option.range {
      let (least, most) =
        option.kind == .string ? ("min_length", "max_length") : ("min_value", "max_value")
      object[least] = number(range.lowerBound, of: option.kind)
      object[most] = number(range.upperBound, of: option.kind)
    }
    return .object(object)
  }

  private static func number(_ value: Double, of kind: CommandOption.Kind) -> JSONValue {
    // Within 2^53 by validation.
    kind == .number ? .number(value) : .integer(Int64(value))
  }

  private static func json(of value: CommandValue) -> JSONValue {
    switch value {
    case .string(let text): .string(text)
    case .integer(let number): .integer(number)
    case .boolean(let flag): .bool(flag)
    case .number(let number): .number(number)
    case .user(let id): .string("\(id.snowflake)")
    case .channel(let id): .string("\(id.snowflake)")
    case .role(let id): .string("\(id.snowflake)")
    case .other(_, let value): value
    }
  }

  /// What to send to have exactly `wanted` registered, nil if that is so already.
  ///
  /// An overwrite drops all that it does not name. Entries of other kinds (of context menus, and
  /// the entry point of an activity, without which Discord refuses the request) are not ours, so
  /// they are sent back as they are.
  package static func overwrite(
    registered: [JSONValue], wanted: [JSONValue]
  ) -> JSONValue? {
    let ours = registered.filter { ($0["type"]?.integer ?? 1) == 1 }
    let others = registered.filter { ($0["type"]?.integer ?? 1) != 1 }
    let have = Dictionary(ours.map { ($0["name"]?.string ?? "", normal($0)) }) { first, _ in first }
    let want = Dictionary(wanted.map { ($0["name"]?.string ?? "", normal($0)) }) { $1 }
    guard have != want || ours.count != wanted.count else { return nil }
    return .array(wanted + others)
  }

  /// The fields that we set, without those that say the default.
  private static func normal(_ command: JSONValue) -> JSONValue {
    var kept: [String: JSONValue] = [:]
    let fields = [
      "name", "description", "default_member_permissions", "name_localizations",
      "description_localizations", "nsfw",
    ]
    for key in fields {
      guard let value = command[key], !isDefault(value) else { continue }
      kept[key] = value
    }
    if let options = command["options"]?.array, !options.isEmpty {
      kept["options"] = .array(options.map(normalOption))
    }
    let contexts = Set((command["contexts"]?.array ?? []).compactMap(\.integer))
    if !contexts.isEmpty && contexts != [0, 1, 2] {
      kept["contexts"] = .array(contexts.sorted().map { .integer($0) })
    }
    return .object(kept)
  }

  private static func normalOption(_ option: JSONValue) -> JSONValue {
    guard let fields = option.object else { return option }
    var kept: [String: JSONValue] = [:]
    for (key, value) in fields where !isDefault(value) {
      switch key {
      // In the language of the request's header, a copy of the others.
      case "name_localized", "description_localized": continue
      case "choices": kept[key] = .array((value.array ?? []).map(normalOption))
      default: kept[key] = whole(value)
      }
    }
    return .object(kept)
  }

  /// 1.0 and 1 are the same to Discord.
  private static func whole(_ value: JSONValue) -> JSONValue {
    guard case .number(let number) = value, let integer = Int64(exactly: number) else {
      return value
    }
    return .integer(integer)
  }

  private static func isDefault(_ value: JSONValue) -> Bool {
    switch value {
    case .null, .bool(false): true
    case .array(let items): items.isEmpty
    case .object(let fields): fields.isEmpty
    default: false
    }
  }
}
