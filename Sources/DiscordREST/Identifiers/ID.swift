public import JSONValues

/// The id of one kind of object: `ID<Guild>` is never taken for an `ID<Channel>`.
public struct ID<Object>: Hashable, Sendable {
  /// The id without its kind.
  public let snowflake: Snowflake

  /// The id of an `Object` with this snowflake.
  public init(_ snowflake: Snowflake) { self.snowflake = snowflake }

  /// An id in JSON; nil for anything else.
  public init?(json: JSONValue?) {
    guard let snowflake = Snowflake(json: json) else { return nil }
    self.init(snowflake)
  }

  /// The id as JSON: a string of digits.
  public var json: JSONValue { snowflake.json }
}

extension ID: Comparable {
  /// In order of time.
  public static func < (left: ID, right: ID) -> Bool { left.snowflake < right.snowflake }
}

extension ID: LosslessStringConvertible {
  /// The digits.
  public var description: String { snowflake.description }

  /// Reads 1 to 20 ASCII digits; nil for anything else.
  public init?(_ description: String) {
    guard let snowflake = Snowflake(description) else { return nil }
    self.init(snowflake)
  }
}

extension ID: ExpressibleByIntegerLiteral {
  /// The id with this number.
  public init(integerLiteral value: UInt64) { self.init(Snowflake(value)) }
}

extension ID: Codable {
  /// Reads a string of digits, or a number.
  public init(from decoder: any Decoder) throws { self.init(try Snowflake(from: decoder)) }

  /// Writes a string of digits.
  public func encode(to encoder: any Encoder) throws { try snowflake.encode(to: encoder) }
}
