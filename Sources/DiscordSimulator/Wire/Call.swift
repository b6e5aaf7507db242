internal import JSONValues

/// A request that has been taken apart: who calls, what the path says, the fields.
struct Call {
  /// Who calls.
  enum Caller: Equatable {
    case bot(World.ID)
    case user(World.ID)
    case nobody
    case unknown
  }

  var request: SimulatedRequest
  var caller: Caller
  /// The parts of the path that the route leaves open.
  var parameters: [String]
  var query: [(name: String, value: String)]
  /// The body's fields; an empty object without a body.
  var body: JSONValue
  var files: [MultipartBody.File]
  var now: World.Time

  /// The bot or person who calls; routes without a token never ask.
  var callerID: World.ID {
    get throws {
      switch caller {
      case .bot(let id), .user(let id): return id
      case .nobody, .unknown: throw APIFailure.unauthorized
      }
    }
  }

  /// The application of the calling bot.
  var applicationID: World.ID {
    get throws {
      guard case .bot(let id) = caller else { throw APIFailure.botsOnly }
      return id
    }
  }

  /// An open part of the path that is an id.
  func id(_ index: Int, _ field: String) throws -> World.ID {
    guard let id = UInt64(parameters[index]) else {
      throw APIFailure.notSnowflake(field, parameters[index])
    }
    return id
  }

  /// The last value of a query field.
  func text(_ name: String) -> String? { query.last { $0.name == name }?.value }

  /// All values of a query field, which may be given several times.
  func texts(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }

  /// An id in the query.
  func queryID(_ name: String) throws -> World.ID? {
    guard let text = text(name) else { return nil }
    guard let id = UInt64(text) else { throw APIFailure.notSnowflake(name, text) }
    return id
  }

  /// Ids in the query.
  func queryIDs(_ name: String) throws -> Set<World.ID>? {
    let texts = texts(name)
    guard !texts.isEmpty else { return nil }
    return Set(
      try texts.map {
        guard let id = UInt64($0) else { throw APIFailure.notSnowflake(name, $0) }
        return id
      })
  }

  /// A number in the query, within bounds.
  func number(_ name: String, in bounds: ClosedRange<Int>, default usual: Int) throws -> Int {
    guard let text = text(name) else { return usual }
    guard let value = Int(text) else {
      throw APIFailure.form([name], "NUMBER_TYPE_COERCE", "Value \"\(text)\" is not int.")
    }
    if value < bounds.lowerBound {
      throw APIFailure.form(
        [name], "NUMBER_TYPE_MIN",
        "int value should be greater than or equal to \(bounds.lowerBound).")
    }
    if value > bounds.upperBound {
      throw APIFailure.form(
        [name], "NUMBER_TYPE_MAX", "int value should be less than or equal to \(bounds.upperBound)."
      )
    }
    return value
  }

  /// A boolean in the query, in the spellings that Discord takes.
  func flag(_ name: String) throws -> Bool? {
    guard let text = text(name) else { return nil }
    switch text.lowercased() {
    case "true", "1": return true
    case "false", "0": return false
    default:
      throw APIFailure.form([name], "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
    }
  }

  /// A text of the body with a length; nil when it is missing or null.
  func string(_ name: String, length: ClosedRange<Int>) throws -> String? {
    guard let value = body[name], !value.isNull else { return nil }
    guard let text = value.string else {
      throw APIFailure.form([name], "BASE_TYPE_STRING", "Must be a string.")
    }
    let count = text.unicodeScalars.count
    guard length.contains(count) else {
      throw length.lowerBound == 0
        ? APIFailure.form(
          [name], "BASE_TYPE_MAX_LENGTH", "Must be \(length.upperBound) or fewer in length.")
        : APIFailure.form(
          [name], "BASE_TYPE_BAD_LENGTH",
          "Must be between \(length.lowerBound) and \(length.upperBound) in length.")
    }
    return text
  }

  /// A text that must be there.
  func required(_ name: String, length: ClosedRange<Int>) throws -> String {
    guard let text = try string(name, length: length) else {
      throw APIFailure.form([name], "BASE_TYPE_REQUIRED", "This field is required")
    }
    return text
  }

  /// An id of the body, as a string or a number; nil when it is missing or null.
  func bodyID(_ name: String) throws -> World.ID? {
    guard let value = body[name], !value.isNull else { return nil }
    guard let id = value.snowflake else {
      throw APIFailure.notSnowflake(name, value.string ?? value.text())
    }
    return id
  }

  /// A whole number of the body within bounds; nil when it is missing or null.
  func integer(_ name: String, in bounds: ClosedRange<Int64>) throws -> Int64? {
    guard let value = body[name], !value.isNull else { return nil }
    guard let number = value.integer else {
      throw APIFailure.form([name], "NUMBER_TYPE_COERCE", "Value is not int.")
    }
    guard bounds.contains(number) else {
      throw APIFailure.form([name], "BASE_TYPE_CHOICES", "Value is out of range.")
    }
    return number
  }
}

/// Percent-decoding and forms.
enum URLForm {
  /// Decodes `%41` and, in queries, `+`.
  static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
    var bytes: [UInt8] = []
    let source = Array(text.utf8)
    var index = 0
    while index < source.count {
      if source[index] == 37, index + 2 < source.count,
        let value = UInt8(String(decoding: source[index + 1...index + 2], as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        index += 3
      } else {
        bytes.append(source[index] == 43 && plusIsSpace ? 32 : source[index])
        index += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The fields of `a=1&b=2`.
  static func fields(_ text: some StringProtocol) -> [(name: String, value: String)] {
    text.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (
        decode(parts[0], plusIsSpace: true),
        parts.count > 1 ? decode(parts[1], plusIsSpace: true) : ""
      )
    }
  }
}
