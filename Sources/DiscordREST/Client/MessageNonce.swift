internal import JSONValues

/// Makes sending a message repeatable: Discord answers a second message with the same nonce by the
/// first, if it is told to enforce it.
///
/// Source: Discord's documentation, "Message Resource", "Create Message", `enforce_nonce`.
enum MessageNonce {
  /// The body with a nonce; a caller's own nonce stays as it is.
  static func adding(
    to json: JSONValue?, random: inout some RandomNumberGenerator
  ) -> JSONValue? {
    guard var body = json, body.object != nil, body["nonce"] == nil else { return json }
    // At most 25 characters.
    body["nonce"] = .string(String(random.next(), radix: 36))
    body["enforce_nonce"] = true
    return body
  }

  /// Whether Discord will see to it that the message is made once.
  static func isEnforced(in json: JSONValue?) -> Bool {
    guard let nonce = json?["nonce"], !nonce.isNull else { return false }
    return json?["enforce_nonce"]?.bool == true
  }
}
