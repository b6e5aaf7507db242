extension JSONValue {
  /// The member `key` of an object; nil if there is none or this is no object.
  ///
  /// Setting nil removes the member. Setting a member of something else than an object makes it
  /// an object first.
  public subscript(_ key: String) -> JSONValue? {
    get {
      guard case .object(let members) = self else { return nil }
      return members[key]
    }
    set {
      guard case .object(var members) = self else {
        if let newValue { self = .object([key: newValue]) }
        return
      }
      // Let go of the storage first: the dictionary is then changed in place.
      self = .null
      members[key] = newValue
      self = .object(members)
    }
  }

  /// The element at `index` of an array, from 0; nil out of range or if this is no array.
  public subscript(_ index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// The text of a string; nil for every other value.
  public var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  /// A whole number, also one written as `2.0` or `2e3`; nil if it is none or beyond `Int64`.
  public var integer: Int64? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int64(exactly: value)
    default: nil
    }
  }

  /// A number; whole numbers too, rounded to the nearest `Double` beyond 2⁵³.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// `true` or `false`; nil for every other value.
  public var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  /// The elements of an array; nil for every other value.
  public var array: [JSONValue]? {
    guard case .array(let value) = self else { return nil }
    return value
  }

  /// The members of an object; nil for every other value.
  public var object: [String: JSONValue]? {
    guard case .object(let value) = self else { return nil }
    return value
  }

  /// Whether this is `null`.
  public var isNull: Bool { self == .null }
}
