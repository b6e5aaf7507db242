internal import JSONValues

extension DiscordError {
  /// What an answer that is no success says.
  ///
  /// - Parameters:
  ///   - response: Any answer; its body may be anything.
  ///   - route: Which call, without secrets.
  package init(response: HTTPResponseDescription, route: String?) {
    let json = try? JSONValue(parsing: response.body, maximumDepth: 64, maximumBytes: 4 << 20)
    // A code of 0 is "general error": it says nothing.
    let code = (json?["code"]?.integer).flatMap { Int(exactly: $0) }.flatMap { $0 == 0 ? nil : $0 }
    self.init(
      Self.kind(status: response.status),
      Self.message(json: json, status: response.status),
      status: response.status, discordCode: code,
      errors: Self.fields(of: json?["errors"]),
      hint: ErrorHints.hint(status: response.status, discordCode: code), route: route)
  }

  private static func kind(status: Int) -> Kind {
    switch status {
    case 401: .unauthorized
    case 403: .forbidden
    case 404: .notFound
    case 413: .fileTooLarge
    case 429: .rateLimited
    case 200..<400: .invalidResponse
    default: .http
    }
  }

  private static func message(json: JSONValue?, status: Int) -> String {
    // A few old endpoints put the message under the field's name or give a plain list.
    if let message = json?["message"]?.string, !message.isEmpty {
      return DisplayText.sanitized(message, limit: 500)
    }
    return switch status {
    case 401: "Discord does not know the token"
    case 403: "Discord refuses this to the bot"
    case 404: "there is no such thing at Discord, or the bot cannot see it"
    case 413: "Discord refuses so large a request"
    case 429: "Discord asks to wait"
    case 300..<400: "Discord's address leads elsewhere, and redirects are not followed"
    case 500...: "Discord has a fault"
    default: "Discord refuses the request"
    }
  }

  /// The most fields that an error names; a hostile answer could have millions.
  private static let fieldLimit = 50

  /// The nested `errors` as a list; each leaf is an array `_errors`.
  ///
  /// Source: Discord's API reference, "Error Messages".
  private static func fields(of json: JSONValue?) -> [Field] {
    guard let json else { return [] }
    var fields: [Field] = []
    // Not by recursion: the path is kept with what is left to look at.
    var pending: [(path: String, value: JSONValue)] = [("", json)]
    while let (path, value) = pending.popLast(), fields.count < fieldLimit {
      guard case .object(let members) = value else {
        if let text = value.string { fields.append(field(path, ["message": .string(text)])) }
        continue
      }
      for leaf in members["_errors"]?.array ?? [] where fields.count < fieldLimit {
        fields.append(field(path, leaf))
      }
      // Lists come as objects with their indices; backwards, since the last is taken first.
      let nested = members.filter { $0.key != "_errors" }.sorted { left, right in
        (Int(left.key) ?? .max, left.key) > (Int(right.key) ?? .max, right.key)
      }
      for (key, value) in nested.suffix(fieldLimit) {
        pending.append((path.isEmpty ? key : path + "." + key, value))
      }
    }
    return fields
  }

  private static func field(_ path: String, _ leaf: JSONValue) -> Field {
    Field(
      path: DisplayText.sanitized(path, limit: 200),
      code: DisplayText.sanitized(leaf["code"]?.string ?? "", limit: 100),
      message: DisplayText.sanitized(leaf["message"]?.string ?? "", limit: 300))
  }
}
