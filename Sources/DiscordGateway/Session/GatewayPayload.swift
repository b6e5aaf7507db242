internal import JSONValues

/// A message of Discord's: operation, data, sequence number and event name.
struct GatewayPayload: Sendable {
  var op: Int64
  var data: JSONValue
  var sequence: Int64?
  var name: String?

  /// Why a message is none.
  struct Unreadable: Error {
    var reason: String
  }

  /// Deeper nesting than this is refused; Discord's events have less than 20.
  static let maximumDepth = 128

  init(parsing text: String) throws(Unreadable) {
    let json: JSONValue
    do {
      json = try JSONValue(parsing: Array(text.utf8), maximumDepth: Self.maximumDepth)
    } catch {
      throw Unreadable(reason: "not JSON, or nested too deep")
    }
    guard case .object(let fields) = json else { throw Unreadable(reason: "no JSON object") }
    guard case .integer(let op)? = fields["op"] else { throw Unreadable(reason: "no op") }
    self.op = op
    data = fields["d"] ?? .null
    name = fields["t"]?.string
    switch fields["s"] {
    case nil, .null?: sequence = nil
    // JSON numbers above 2^53 are not exact everywhere; a session does not get there.
    case .integer(let number)? where (0...1 << 53).contains(number): sequence = number
    default: throw Unreadable(reason: "bad sequence number")
    }
    guard op != 0 || name != nil else { throw Unreadable(reason: "event without a name") }
  }
}
