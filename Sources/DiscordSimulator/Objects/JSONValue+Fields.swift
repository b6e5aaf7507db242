internal import JSONValues

extension JSONValue {
  /// A text, or null.
  static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

  /// A snowflake, or null.
  static func optionalID(_ value: World.ID?) -> JSONValue { value.map { .id($0) } ?? .null }

  /// A time, or null.
  static func time(_ value: World.Time?) -> JSONValue {
    value.map { .string(Timestamp.text($0)) } ?? .null
  }

  /// A number of things.
  static func count(_ value: Int) -> JSONValue { .integer(Int64(value)) }

  /// Permissions, which are decimal digits in a string.
  static func permissions(_ value: Permissions) -> JSONValue { .string(String(value.rawValue)) }

  /// This object with further fields, which win.
  func adding(_ fields: [String: JSONValue]) -> JSONValue {
    .object((object ?? [:]).merging(fields) { $1 })
  }
}
