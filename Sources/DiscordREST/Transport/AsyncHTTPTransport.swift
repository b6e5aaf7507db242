internal import AsyncHTTPClient

/// Requests over async-http-client.
struct AsyncHTTPTransport: HTTPTransport {
  let httpClient: HTTPClient

  func execute(
    _ request: HTTPRequestDescription, maximumBodyBytes: Int, timeout: Duration
  ) async throws -> HTTPResponseDescription {
    throw HTTPTransportError(.notConnected, "not yet written")
  }
}
