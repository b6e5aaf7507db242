package import Logging
package import NIOCore
internal import NIOPosix

/// Connects to WebSocket servers (RFC 6455), with `ws` or `wss`; without extensions.
package enum WebSocketClient {
  /// Connects.
  ///
  /// - Parameters:
  ///   - url: like `wss://gateway.example/?v=10`.
  ///   - configuration: limits, time-outs, trust roots, further header fields.
  ///   - eventLoopGroup: where the connection lives; nil: the process' own.
  ///   - logger: gets debug messages, never header fields or messages.
  /// - Throws: ``WebSocketError``; of a refused upgrade with HTTP status and body.
  package static func connect(
    to url: String, configuration: WebSocketConfiguration = .init(),
    eventLoopGroup: (any EventLoopGroup)? = nil,
    logger: Logger = Logger(label: "tapedeck.websocket")
  ) async throws(WebSocketError) -> WebSocketConnection {
    throw WebSocketError(.connectFailed, "not yet")
  }
}
