package import DiscordREST

/// The simulator as the transport of a client, without a socket: for proofs on a simulated clock.
package struct InProcessTransport: HTTPTransport {
  /// Whose answers they are.
  package let simulator: DiscordSimulator

  /// A transport to a simulator.
  package init(_ simulator: DiscordSimulator) {
    self.simulator = simulator
  }

  package func execute(
    _ request: HTTPRequestDescription, maximumBodyBytes: Int, timeout: Duration
  ) async throws -> HTTPResponseDescription {
    var simulated = SimulatedRequest(
      method: request.method.rawValue, target: Self.target(of: request.url),
      headers: request.headers)
    if let body = request.body { simulated.body = try body.collect() }
    switch simulator.outcome(of: simulated) {
    case .reset: throw HTTPTransportError(.connectionLost, "the connection was reset")
    case .answer(let response, let delay):
      if delay > .zero {
        try await simulator.clock.sleep(for: min(delay, timeout))
        if delay >= timeout { throw HTTPTransportError(.timedOut, "no answer in time") }
      }
      if response.truncatedAfter != nil {
        throw HTTPTransportError(.connectionLost, "the connection was lost within the answer")
      }
      guard response.body.count <= maximumBodyBytes else {
        throw HTTPTransportError(.responseTooLarge, "the answer is too large")
      }
      return HTTPResponseDescription(
        status: response.status, headers: response.headers, body: response.body)
    }
  }

  /// Path and query of a URL.
  private static func target(of url: String) -> String {
    guard let scheme = url.firstRange(of: "://") else { return url }
    let rest = url[scheme.upperBound...]
    return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
  }
}
