import FoundationEssentials
import JSONValues

/// Reads the fields that an object cannot do without.
struct Fields {
  private let object: String
  private let json: JSONValue

  /// - Parameter object: the documentation's name of the object, for error texts.
  init(_ json: JSONValue, of object: String) throws(DiscordError) {
    guard case .object = json else {
      throw DiscordError(.invalidResponse, "\(object): a JSON object was expected")
    }
    self.object = object
    self.json = json
  }

  func id<Object>(_ field: String) throws(DiscordError) -> ID<Object> {
    guard let id = ID<Object>(json: json[field]) else { throw wrong(field, "an id") }
    return id
  }

  func string(_ field: String) throws(DiscordError) -> String {
    guard let text = json[field]?.string else { throw wrong(field, "a text") }
    return text
  }

  func integer(_ field: String) throws(DiscordError) -> Int {
    guard let number = json[field]?.integer else { throw wrong(field, "a whole number") }
    return Int(number)
  }

  func date(_ field: String) throws(DiscordError) -> Date {
    guard let date = json.date(field) else { throw wrong(field, "a time") }
    return date
  }

  private func wrong(_ field: String, _ expected: String) -> DiscordError {
    let found = json[field] == nil ? "is missing" : "is not \(expected)"
    return DiscordError(.invalidResponse, "\(object): the field `\(field)` \(found)")
  }
}

extension JSONValue {
  /// A text of an object; nil if it is missing, null or something else.
  func text(_ field: String) -> String? { self[field]?.string }

  /// A whole number of an object that fits `Int`.
  func int(_ field: String) -> Int? { self[field]?.integer.flatMap { Int(exactly: $0) } }

  /// A truth value of an object; false if it is missing.
  func flag(_ field: String) -> Bool { self[field]?.bool ?? false }

  /// A time of an object.
  func date(_ field: String) -> Date? { text(field).flatMap(Timestamp.parse) }

  /// An id of an object.
  func id<Object>(_ field: String) -> ID<Object>? { ID(json: self[field]) }

  /// The ids in a list of an object; what is no id is left out.
  func ids<Object>(_ field: String) -> [ID<Object>] {
    self[field]?.array?.compactMap { ID(json: $0) } ?? []
  }
}

extension DiscordClient {
  /// One object of an answer.
  func object<Object: DiscordObject>(_ json: JSONValue) throws(DiscordError) -> Object {
    try Object(json: json, client: self)
  }

  /// The objects of an answer that is a list, or of the list in one of its fields.
  func objects<Object: DiscordObject>(
    _ json: JSONValue, in field: String? = nil
  ) throws(DiscordError) -> [Object] {
    guard let list = (field.map { json[$0] ?? .null } ?? json).array else {
      let what = field.map { "the field `\($0)` of the answer" } ?? "the answer"
      throw DiscordError(.invalidResponse, "\(what) is not a list")
    }
    var objects: [Object] = []
    objects.reserveCapacity(list.count)
    for json in list { objects.append(try Object(json: json, client: self)) }
    return objects
  }

  /// An object within another one; nil when it is missing or not complete.
  func nested<Object: DiscordObject>(_ json: JSONValue?) -> Object? {
    guard let json, !json.isNull else { return nil }
    return try? Object(json: json, client: self)
  }
}
