public import DiscordREST
public import JSONValues

/// What somebody gave for an option of a command.
public enum CommandValue: Hashable, Sendable {
  /// Text.
  case string(String)
  /// A whole number between -2^53 and 2^53.
  case integer(Int64)
  /// True or false.
  case boolean(Bool)
  /// A number between -2^53 and 2^53.
  case number(Double)
  /// A user, who need not be a member of the server.
  case user(ID<User>)
  /// A channel or a thread.
  case channel(ID<Channel>)
  /// A role.
  case role(ID<Role>)
  /// A value of a type that this library does not know, as Discord sent it.
  case other(type: Int64, value: JSONValue)
}
