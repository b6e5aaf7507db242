package import JSONValues

/// An HTTP answer of the simulated Discord.
package struct SimulatedResponse: Sendable, Equatable {
  /// The status.
  package var status: Int
  /// The headers in order.
  package var headers: [(name: String, value: String)]
  /// The body.
  package var body: [UInt8]

  /// Set when the connection is to break after so many bytes of the body.
  package var truncatedAfter: Int?

  /// An answer.
  package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An answer of JSON. The media type has no parameters: clients compare it whole.
  package static func json(_ value: JSONValue, status: Int = 200) -> SimulatedResponse {
    SimulatedResponse(
      status: status, headers: [("Content-Type", "application/json")],
      body: value.bytes)
  }

  /// An answer of HTML, as proxies in front of Discord send it.
  package static func html(_ text: String, status: Int) -> SimulatedResponse {
    SimulatedResponse(
      status: status, headers: [("Content-Type", "text/html; charset=UTF-8")],
      body: Array(text.utf8))
  }

  /// 204.
  package static let noContent = SimulatedResponse(status: 204)

  /// The first header of a name, whatever its case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.status == right.status && left.body == right.body
      && left.headers.elementsEqual(right.headers, by: ==)
  }
}
