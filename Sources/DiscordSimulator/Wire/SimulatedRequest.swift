/// An HTTP request as the simulated Discord sees it.
package struct SimulatedRequest: Sendable, Equatable {
  /// The method, in capitals.
  package var method: String
  /// The request target: path and query, still percent-encoded.
  package var target: String
  /// The headers in order.
  package var headers: [(name: String, value: String)]
  /// The body.
  package var body: [UInt8]

  /// A request.
  package init(
    method: String, target: String, headers: [(name: String, value: String)] = [],
    body: [UInt8] = []
  ) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
  }

  /// The first header of a name, whatever its case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// The target without the query.
  package var path: String { String(target.prefix { $0 != "?" }) }

  package static func == (left: Self, right: Self) -> Bool {
    left.method == right.method && left.target == right.target && left.body == right.body
      && left.headers.elementsEqual(right.headers, by: ==)
  }
}
