/// One HTTP request, without anything of a connection.
package struct HTTPRequestDescription: Sendable {
  package var method: DiscordMethod
  /// The whole URL.
  package var url: String
  /// Names and values, in order.
  package var headers: [(name: String, value: String)]
  /// What is sent; nil for none.
  package var body: HTTPBody?

  package init(
    method: DiscordMethod, url: String, headers: [(name: String, value: String)] = [],
    body: HTTPBody? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }

  /// The first header of that name, whatever its case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// The answer to a request.
package struct HTTPResponseDescription: Sendable {
  package var status: Int
  /// Names and values, in order.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first header of that name, whatever its case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// Makes HTTP requests: over sockets, or in the process for tests.
package protocol HTTPTransport: Sendable {
  /// Makes one attempt; follows no redirect.
  ///
  /// - Parameters:
  ///   - maximumBodyBytes: A larger answer is `HTTPTransportError.responseTooLarge`.
  ///   - timeout: For the whole of it; then `HTTPTransportError.timedOut`.
  /// - Throws: `HTTPTransportError`, or `CancellationError` soon after the task is cancelled.
  func execute(
    _ request: HTTPRequestDescription, maximumBodyBytes: Int, timeout: Duration
  ) async throws -> HTTPResponseDescription

  /// The same, but the body of a 2xx answer goes piece by piece to `receive`.
  func stream(
    _ request: HTTPRequestDescription, maximumBodyBytes: Int, timeout: Duration,
    receive: @Sendable ([UInt8]) async throws -> Void
  ) async throws -> HTTPResponseDescription
}

extension HTTPTransport {
  package func stream(
    _ request: HTTPRequestDescription, maximumBodyBytes: Int, timeout: Duration,
    receive: @Sendable ([UInt8]) async throws -> Void
  ) async throws -> HTTPResponseDescription {
    var response = try await execute(
      request, maximumBodyBytes: maximumBodyBytes, timeout: timeout)
    guard (200..<300).contains(response.status) else { return response }
    try await receive(response.body)
    response.body = []
    return response
  }
}

/// Why there is no answer.
package struct HTTPTransportError: Error, Hashable, Sendable {
  package enum Code: String, Hashable, Sendable {
    /// No connection came about, so nothing was sent.
    case notConnected
    /// The connection was lost; the request may have been carried out.
    case connectionLost
    /// No answer in time; the request may have been carried out.
    case timedOut
    /// The answer is larger than asked for.
    case responseTooLarge
    /// The server's certificate is not to be trusted.
    case untrusted
    /// The answer is not HTTP as we take it, such as a redirect that was followed.
    case invalidResponse
    /// A file to upload cannot be read, or has changed.
    case fileUnreadable
  }

  package let code: Code
  /// In words, without URL and headers.
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}
