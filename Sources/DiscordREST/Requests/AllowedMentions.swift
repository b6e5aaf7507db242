public import JSONValues

/// Whom a message may notify, whatever its text says.
///
/// Every send of the library begins with ``none``: text that comes from elsewhere then cannot ping
/// anyone. Source: Discord's documentation of the message resource, "Allowed Mentions Object".
public struct AllowedMentions: Hashable, Sendable {
  /// `@everyone` and `@here` notify.
  public var everyone: Bool
  /// Mentions of every user notify.
  public var allUsers: Bool
  /// Mentions of every role notify.
  public var allRoles: Bool
  /// Mentions of these users notify, at most 100.
  public var users: [Snowflake]
  /// Mentions of these roles notify, at most 100.
  public var roles: [Snowflake]
  /// The author of the message that is replied to is notified.
  public var repliedUser: Bool

  /// Nobody is notified.
  public static let none = AllowedMentions()

  /// Whom to notify; nobody who is not named.
  public init(
    everyone: Bool = false, allUsers: Bool = false, allRoles: Bool = false,
    users: [Snowflake] = [], roles: [Snowflake] = [], repliedUser: Bool = false
  ) {
    self.everyone = everyone
    self.allUsers = allUsers
    self.allRoles = allRoles
    self.users = users
    self.roles = roles
    self.repliedUser = repliedUser
  }

  /// As Discord takes it.
  public var json: JSONValue {
    var parse: [JSONValue] = []
    if everyone { parse.append("everyone") }
    if allUsers { parse.append("users") }
    if allRoles { parse.append("roles") }
    var json: JSONValue = ["parse": .array(parse), "replied_user": .bool(repliedUser)]
    // Discord refuses a list beside its "all".
    if !allUsers, !users.isEmpty { json["users"] = .array(users.map(\.json)) }
    if !allRoles, !roles.isEmpty { json["roles"] = .array(roles.map(\.json)) }
    return json
  }
}
