import FoundationEssentials

/// Names for the ids in a message's text.
public struct MentionNames: Sendable {
  /// Display names of users.
  public var users: [ID<User>: String]
  /// Names of roles.
  public var roles: [ID<Role>: String]
  /// Names of channels.
  public var channels: [ID<Channel>: String]

  /// The names given; none by default.
  public init(
    users: [ID<User>: String] = [:], roles: [ID<Role>: String] = [:],
    channels: [ID<Channel>: String] = [:]
  ) {
    self.users = users
    self.roles = roles
    self.channels = channels
  }

  /// These names and, where both know an id, the other's.
  public func merging(_ other: MentionNames) -> MentionNames {
    MentionNames(
      users: users.merging(other.users) { $1 }, roles: roles.merging(other.roles) { $1 },
      channels: channels.merging(other.channels) { $1 })
  }
}

extension MentionNames {
  /// A message's text as people see it: `@name`, `@role`, `#channel`, `:emoji:`, `/command`, and
  /// times as `2026-11-24 10:00 UTC`. What has no name here stays as it is.
  ///
  /// Source: https://docs.discord.com/developers/reference#message-formatting
  public func resolve(_ text: String) -> String {
    var result = ""
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "<") {
      result += rest[..<open]
      rest = rest[open...]
      // No mark-up is longer; also keeps a text of nothing but `<` linear.
      let window = rest.prefix(140)
      if let close = window.firstIndex(of: ">"),
        let name = name(of: rest[rest.index(after: open)..<close])
      {
        result += name
        rest = rest[rest.index(after: close)...]
      } else {
        result.append("<")
        rest = rest.dropFirst()
      }
    }
    return result + rest
  }

  private func name(of markup: Substring) -> String? {
    if let id = Self.id(markup, after: "@&") {
      return roles[ID<Role>(id)].map { "@" + $0 }
    }
    if let id = Self.id(markup, after: "@!") ?? Self.id(markup, after: "@") {
      return users[ID<User>(id)].map { "@" + $0 }
    }
    if let id = Self.id(markup, after: "#") {
      return channels[ID<Channel>(id)].map { "#" + $0 }
    }
    let parts = markup.split(separator: ":", omittingEmptySubsequences: false)
    switch parts.first {
    case "", "a":
      guard parts.count == 3, !parts[1].isEmpty, Snowflake(String(parts[2])) != nil,
        parts[1].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "~" })
      else { return nil }
      return ":" + parts[1] + ":"
    case "t":
      guard parts.count == 2 || (parts.count == 3 && parts[2].count == 1),
        let seconds = Int64(parts[1]), (-62_135_596_800...253_402_300_799).contains(seconds)
      else { return nil }
      return Timestamp.minuteText(Date(timeIntervalSince1970: Double(seconds)))
    case let command? where command.hasPrefix("/"):
      guard parts.count == 2, command.count > 1, Snowflake(String(parts[1])) != nil else {
        return nil
      }
      return String(command)
    default:
      return nil
    }
  }

  private static func id(_ markup: Substring, after prefix: String) -> Snowflake? {
    markup.hasPrefix(prefix) ? Snowflake(String(markup.dropFirst(prefix.count))) : nil
  }
}
