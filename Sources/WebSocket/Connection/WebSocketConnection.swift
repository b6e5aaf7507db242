internal import NIOCore

/// An open WebSocket, of a client or of a server.
///
/// One task reads ``messages``; any number may send. The connection is closed by
/// ``close(code:reason:)``, by ``abort()`` or by the peer; forgetting it does not close it.
package final class WebSocketConnection: Sendable {
  /// The peer's address, as text; empty if unknown.
  package let remoteAddress: String

  init(remoteAddress: String) { self.remoteAddress = remoteAddress }

  /// The messages, in order, for one reader.
  ///
  /// The sequence ends after a closing handshake, whoever began it (``end`` says how); it throws a
  /// ``WebSocketError`` if the connection was lost, was given up because of what the peer sent, or
  /// the reading task was cancelled. While nobody reads, the peer is held back by TCP.
  package var messages: Messages { Messages() }

  /// The messages of a connection.
  package struct Messages: AsyncSequence, Sendable {
    /// Takes the messages one by one.
    package struct Iterator: AsyncIteratorProtocol {
      package mutating func next(
        isolation actor: isolated (any Actor)?
      ) async throws(WebSocketError) -> WebSocketMessage? { nil }
      package mutating func next() async throws(WebSocketError) -> WebSocketMessage? { nil }
    }
    package func makeAsyncIterator() -> Iterator { Iterator() }
  }

  /// How the connection ended; nil while it is open. Unread messages may still be there.
  package var end: WebSocketEnd? { nil }

  /// Sends a message, and returns when the system has taken it.
  ///
  /// - Throws: ``WebSocketError``; if the connection ended, the reason of its end rather than that
  ///   of the failed write.
  package func send(_ message: WebSocketMessage) async throws(WebSocketError) {}

  /// Sends a ping, and returns when its pong has come.
  package func ping() async throws(WebSocketError) {}

  /// Closes with a handshake, and returns when the connection is gone, at the latest after the close
  /// time-out. Messages that come meanwhile are dropped. Without effect if it ended already.
  ///
  /// - Parameters:
  ///   - code: the status code: 1000, 1001, 3000-4999, or another that RFC 6455 lets endpoints send.
  ///   - reason: at most 123 bytes of UTF-8 are sent.
  package func close(code: UInt16 = 1000, reason: String = "") async {}

  /// Drops the TCP connection at once, with a reset and without a close frame.
  package func abort() {}
}
