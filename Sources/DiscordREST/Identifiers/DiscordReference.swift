/// An object of Discord, or its id: calls take either.
///
/// ```swift
/// try await client.channel(.id(123))
/// try await client.channel(message.channelID)
/// ```
public protocol DiscordReference<Object>: Sendable {
  /// The kind of object.
  associatedtype Object

  /// Its id.
  var id: ID<Object> { get }
}

extension ID: DiscordReference {
  /// Itself.
  public var id: ID<Object> { self }
}

extension DiscordReference {
  /// The object with this id, wherever a reference is asked for: `.id(123)`.
  public static func id<Object>(_ snowflake: Snowflake) -> ID<Object> where Self == ID<Object> {
    ID(snowflake)
  }
}
