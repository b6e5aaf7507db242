public import DiscordREST

/// A command of a ``Bot``: its description for people and Discord, and what it does.
public struct Command: Sendable {
  /// What a command does; what it throws is kept in ``Bot/failures`` and told to whoever called it.
  public typealias Handler = @Sendable (CommandContext) async throws -> Void

  /// The name: 1 to 32 lower-case letters, digits, `-`, `_` or `'`.
  public var name: String
  /// What it does, 1 to 100 characters; shown by Discord.
  public var description: String
  /// Its typed arguments, required ones first. At most 25.
  public var options: [CommandOption]
  /// What a member needs to use it. As a slash command this is Discord's
  /// `default_member_permissions`, which a server's administrators can replace by rules of their
  /// own; as a prefix command the member's permissions in the channel are computed and must have
  /// all of these. Nil: everybody.
  public var permissions: Permissions?
  /// Whether answers are for the caller's eyes only: ephemeral for a slash command, a direct
  /// message for a prefix command.
  public var isEphemeral: Bool
  /// Whether it can be used in servers only; always so where ``permissions`` are set.
  public var isGuildOnly: Bool
  /// What it does.
  public var handler: Handler

  /// A command; ``Bot/add(_:)`` checks it.
  public init(
    _ name: String, description: String, options: [CommandOption] = [],
    permissions: Permissions? = nil, isEphemeral: Bool = false, isGuildOnly: Bool = false,
    handler: @escaping Handler
  ) {
    self.name = name
    self.description = description
    self.options = options
    self.permissions = permissions
    self.isEphemeral = isEphemeral
    self.isGuildOnly = isGuildOnly || permissions != nil
    self.handler = handler
  }

  /// How it is called with a prefix: `!echo <text> [times]`.
  public func usage(prefix: String) -> String {
    let arguments = options.map { option in
      let name =
        option.choices.isEmpty ? option.name : option.choices.map(\.name).joined(separator: "|")
      return option.isRequired ? " <\(name)>" : " [\(name)]"
    }
    return prefix + name + arguments.joined()
  }
}
