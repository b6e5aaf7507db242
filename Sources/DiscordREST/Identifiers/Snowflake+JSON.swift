public import JSONValues

extension Snowflake {
  /// An id in JSON: a string of digits, or a number; nil for anything else.
  public init?(json: JSONValue?) {
    switch json {
    case .string(let text): self.init(text)
    case .integer(let number) where number >= 0: self.init(UInt64(number))
    default: return nil
    }
  }

  /// The id as JSON: a string of digits.
  public var json: JSONValue { .string(description) }
}
