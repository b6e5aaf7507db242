internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// Requests over async-http-client.
struct AsyncHTTPTransport: HTTPTransport {
  let httpClient: HTTPClient

  func execute(
    _ request: HTTPRequestDescription, maximumBodyBytes: Int, timeout: Duration
  ) async throws -> HTTPResponseDescription {
    try await mapped {
      let (response, body) = try await begin(request, maximumBodyBytes, timeout)
      var result = response
      for try await var part in body {
        guard result.body.count + part.readableBytes <= maximumBodyBytes else { throw tooLarge }
        result.body += part.readBytes(length: part.readableBytes) ?? []
      }
      return result
    }
  }

  func stream(
    _ request: HTTPRequestDescription, maximumBodyBytes: Int, timeout: Duration,
    receive: @Sendable ([UInt8]) async throws -> Void
  ) async throws -> HTTPResponseDescription {
    // What the receiver throws is the caller's own: it goes through as it is.
    var received: (any Error)?
    do {
      return try await mapped {
        var (response, body) = try await begin(request, maximumBodyBytes, timeout)
        let isSuccess = (200..<300).contains(response.status)
        var count = 0
        for try await var part in body {
          count += part.readableBytes
          guard count <= (isSuccess ? maximumBodyBytes : Self.errorBytes) else { throw tooLarge }
          let bytes = part.readBytes(length: part.readableBytes) ?? []
          if isSuccess {
            do { try await receive(bytes) } catch {
              received = error
              throw error
            }
          } else {
            response.body += bytes
          }
        }
        return response
      }
    } catch {
      throw received ?? error
    }
  }

  /// How long the text of a failure may be where little is asked for.
  private static let errorBytes = 1 << 20

  private var tooLarge: HTTPTransportError {
    HTTPTransportError(.responseTooLarge, "Discord's answer is larger than the client takes")
  }

  /// Sends the request and reads the head of its answer.
  private func begin(
    _ description: HTTPRequestDescription, _ maximumBodyBytes: Int, _ timeout: Duration
  ) async throws -> (HTTPResponseDescription, HTTPClientResponse.Body) {
    var request = HTTPClientRequest(url: description.url)
    request.method = HTTPMethod(rawValue: description.method.rawValue)
    for header in description.headers {
      request.headers.add(name: header.name, value: header.value)
    }
    if let body = description.body { request.body = try Self.body(body) }
    let wait = TimeAmount.nanoseconds(
      max(Int64(min(timeout, .seconds(86_400)) / .nanoseconds(1)), 1))
    let response = try await httpClient.execute(request, deadline: .now() + wait)
    guard response.history.count <= 1 else {
      throw HTTPTransportError(.invalidResponse, "the answer came after a redirect")
    }
    let isSuccess = (200..<300).contains(Int(response.status.code))
    if let length = response.headers.first(name: "Content-Length").flatMap(Int.init),
      length > (isSuccess ? maximumBodyBytes : max(maximumBodyBytes, Self.errorBytes))
    {
      throw tooLarge
    }
    let headers = response.headers.map { (name: $0.name, value: $0.value) }
    return (
      HTTPResponseDescription(status: Int(response.status.code), headers: headers), response.body
    )
  }

  private static func body(_ body: HTTPBody) throws -> HTTPClientRequest.Body {
    let isInMemory = body.pieces.allSatisfy { piece in
      if case .bytes = piece { true } else { false }
    }
    if isInMemory { return .bytes(ByteBuffer(bytes: try body.collect())) }
    return .stream(HTTPBodyChunks(pieces: body.pieces), length: .known(Int64(body.length)))
  }

  /// Makes every failure an `HTTPTransportError` that tells whether anything was sent.
  private func mapped<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch {
      if Task.isCancelled { throw CancellationError() }
      throw HTTPTransportError(error)
    }
  }
}
