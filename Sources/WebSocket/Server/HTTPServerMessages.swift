package import NIOHTTP1

/// The head of a request to a ``WebSocketServer``.
package struct HTTPServerRequestHead: Sendable {
  /// The method, in capitals.
  package let method: String
  /// Path and query as sent.
  package let uri: String
  /// The header fields.
  package let headers: HTTPHeaders
  /// The client's address, as text; empty if unknown.
  package let remoteAddress: String

  /// A head of these parts.
  package init(
    method: String, uri: String, headers: HTTPHeaders = [:], remoteAddress: String = ""
  ) {
    self.method = method
    self.uri = uri
    self.headers = headers
    self.remoteAddress = remoteAddress
  }

  /// The part of ``uri`` before the question mark, not decoded.
  package var path: String { String(uri.prefix { $0 != "?" }) }

  /// The part of ``uri`` after the first question mark, not decoded; empty if there is none.
  package var query: String { String(uri.drop { $0 != "?" }.dropFirst()) }
}

/// A request to a ``WebSocketServer`` that is no upgrade.
package struct HTTPServerRequest: Sendable {
  /// Method, URI, headers.
  package let head: HTTPServerRequestHead
  /// The body, chunks put together.
  package let body: [UInt8]

  /// A request of these parts.
  package init(head: HTTPServerRequestHead, body: [UInt8] = []) {
    self.head = head
    self.body = body
  }
}

/// The answer to a request, or what to do instead of answering.
package struct HTTPServerResponse: Sendable {
  /// A misdeed in place of the answer, for tests of clients.
  package enum Fault: Equatable, Sendable {
    /// Resets the TCP connection (RST), nothing is sent.
    case reset
    /// Closes the TCP connection (FIN), nothing is sent.
    case hangUp
    /// Sends the head and as many bytes of the body, then resets.
    case truncated(Int)
  }

  /// The status code.
  package var status: Int
  /// The header fields; `Content-Length` is added.
  package var headers: HTTPHeaders
  /// The body; not sent to HEAD.
  package var body: [UInt8]
  /// Whether the connection is closed afterwards; else the client decides.
  package var closesConnection = false
  /// What goes wrong.
  package var fault: Fault?

  /// An answer of these parts.
  package init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// No answer, but a fault.
  package static func fault(_ fault: Fault) -> HTTPServerResponse {
    var response = HTTPServerResponse(status: 500)
    response.fault = fault
    return response
  }
}
