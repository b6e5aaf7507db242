/// An option of a command: a typed argument.
///
/// As a slash command Discord shows and checks it; as a prefix command the words behind the name
/// are read in the order of the options, and a text option that comes last takes all that is left.
///
/// Source: Discord's documentation, "Application Commands", application command option structure.
public struct CommandOption: Hashable, Sendable {
  /// The types that Discord checks for us; the raw value is Discord's number.
  public enum Kind: Int64, Hashable, Sendable, CaseIterable {
    /// Text, up to 6,000 characters.
    case string = 3
    /// A whole number between -2^53 and 2^53.
    case integer = 4
    /// True or false.
    case boolean = 5
    /// A user.
    case user = 6
    /// A channel.
    case channel = 7
    /// A role.
    case role = 8
    /// A number between -2^53 and 2^53.
    case number = 10
  }

  /// One of the values that an option is limited to.
  public struct Choice: Hashable, Sendable {
    /// What people see and type, 1 to 100 characters.
    public var name: String
    /// What the command gets: `.string`, `.integer` or `.number`, as the option's type.
    public var value: CommandValue

    /// A choice that is shown as `name` and stands for `value`.
    public init(_ name: String, _ value: CommandValue) {
      self.name = name
      self.value = value
    }
  }

  /// The option's name: 1 to 32 lower-case letters, digits, `-`, `_` or `'`.
  public var name: String
  /// What it is for, 1 to 100 characters.
  public var description: String
  /// The type of its values.
  public var kind: Kind
  /// Whether the command cannot be run without it.
  public var isRequired: Bool
  /// The values that it is limited to; empty for no limit. At most 25.
  public var choices: [Choice]
  /// The least and the greatest value of `.integer` and `.number`; the shortest and longest length
  /// of `.string` in characters.
  public var range: ClosedRange<Double>?

  /// An option of the given type.
  public init(
    _ name: String, _ description: String, kind: Kind, required: Bool = false,
    choices: [Choice] = [], range: ClosedRange<Double>? = nil
  ) {
    self.name = name
    self.description = description
    self.kind = kind
    self.isRequired = required
    self.choices = choices
    self.range = range
  }

  /// Text; limited to `choices` if there are any.
  public static func string(
    _ name: String, _ description: String, required: Bool = false, choices: [String] = []
  ) -> CommandOption {
    CommandOption(
      name, description, kind: .string, required: required,
      choices: choices.map { Choice($0, .string($0)) })
  }

  /// A whole number, by default any that Discord allows.
  public static func integer(
    _ name: String, _ description: String, required: Bool = false, range: ClosedRange<Double>? = nil
  ) -> CommandOption {
    CommandOption(name, description, kind: .integer, required: required, range: range)
  }

  /// A number, by default any that Discord allows.
  public static func number(
    _ name: String, _ description: String, required: Bool = false, range: ClosedRange<Double>? = nil
  ) -> CommandOption {
    CommandOption(name, description, kind: .number, required: required, range: range)
  }

  /// True or false.
  public static func boolean(
    _ name: String, _ description: String, required: Bool = false
  ) -> CommandOption {
    CommandOption(name, description, kind: .boolean, required: required)
  }

  /// A user.
  public static func user(
    _ name: String, _ description: String, required: Bool = false
  ) -> CommandOption {
    CommandOption(name, description, kind: .user, required: required)
  }

  /// A channel.
  public static func channel(
    _ name: String, _ description: String, required: Bool = false
  ) -> CommandOption {
    CommandOption(name, description, kind: .channel, required: required)
  }

  /// A role.
  public static func role(
    _ name: String, _ description: String, required: Bool = false
  ) -> CommandOption {
    CommandOption(name, description, kind: .role, required: required)
  }
}
