/// Why there is no connection, or none any more.
package struct WebSocketError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of an error; its raw value is a stable label for metrics.
  package enum Code: String, Sendable {
    /// The URL is none of a WebSocket.
    case invalidURL = "invalid_url"
    /// The trust roots, certificate or key given cannot be used.
    case invalidConfiguration = "invalid_configuration"
    /// The name was not found, or nobody answers there.
    case connectFailed = "connect_failed"
    /// The certificate was refused, or TLS failed otherwise.
    case tlsFailed = "tls_failed"
    /// The server answered the upgrade with something else; see ``WebSocketError/status``.
    case upgradeRejected = "upgrade_rejected"
    /// No connection within the time given.
    case timedOut = "timed_out"
    /// The peer broke RFC 6455; ``WebSocketError/closeCode`` was sent to it.
    case protocolViolation = "protocol_violation"
    /// The peer's message or frame is larger than configured.
    case messageTooBig = "message_too_big"
    /// The connection ended without a close frame.
    case connectionLost = "connection_lost"
    /// Sent on a connection that is closed or closing; ``WebSocketError/close`` says how.
    case closed
    /// ``WebSocketConnection/abort()`` was called.
    case aborted
    /// The calling task was cancelled.
    case cancelled
  }

  /// The kind.
  package let code: Code
  /// What happened and, where something helps, what to do; one line.
  package let message: String
  /// The HTTP status of a refused upgrade.
  package var status: Int?
  /// The headers of a refused upgrade.
  package var headers: [(name: String, value: String)] = []
  /// The beginning of the body of a refused upgrade, at most 64 KiB.
  package var body: [UInt8] = []
  /// The close code that was sent because of it.
  package var closeCode: UInt16?
  /// The closing handshake that came before.
  package var close: WebSocketClose?

  /// An error of this kind.
  package init(_ code: Code, _ message: String, closeCode: UInt16? = nil) {
    self.code = code
    self.message = message
    self.closeCode = closeCode
  }

  package var description: String { message }

  package static func == (first: WebSocketError, second: WebSocketError) -> Bool {
    first.code == second.code && first.message == second.message && first.status == second.status
      && first.body == second.body && first.closeCode == second.closeCode
      && first.close == second.close
      && first.headers.elementsEqual(second.headers, by: { $0 == $1 })
  }
}
