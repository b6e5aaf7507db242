public import JSONValues

/// An object of Discord's API: typed accessors over the JSON that Discord sent.
///
/// Nothing is dropped: a field that the library does not know is `object["new_field"]`.
/// Two objects are equal if their JSON is.
public protocol DiscordObject: Hashable, Sendable, CustomStringConvertible {
  /// What Discord sent.
  var json: JSONValue { get }

  /// The client that received it, which its calls go through.
  var client: DiscordClient { get }

  /// Wraps what Discord sent.
  ///
  /// - Throws: `DiscordError` with kind `invalidResponse` when a required field lacks.
  init(json: JSONValue, client: DiscordClient) throws(DiscordError)
}

extension DiscordObject {
  /// A field of the object; nil when Discord did not send it.
  public subscript(field: String) -> JSONValue? { json[field] }

  /// Equal by what Discord sent.
  public static func == (left: Self, right: Self) -> Bool { left.json == right.json }

  /// Hashes what Discord sent.
  public func hash(into hasher: inout Hasher) { hasher.combine(json) }
}
