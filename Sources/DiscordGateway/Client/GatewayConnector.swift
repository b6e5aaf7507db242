internal import Logging
internal import NIOCore
internal import WebSocket

/// Opens the connections of a client; in tests without a socket.
package protocol GatewayConnector: Sendable {
  /// Opens one, within the time the connector gives it.
  func connect(to url: String) async throws -> any GatewaySocket
}

/// An open connection to a gateway.
package protocol GatewaySocket: Sendable {
  /// Reads until the connection ends, and returns the code of the closing handshake, if there was
  /// one; throws when the connection was lost.
  func read(_ body: (GatewayFrame) async -> Void) async throws -> UInt16?
  /// Sends text.
  func send(_ text: String) async throws
  /// Closes with a handshake; returns when the connection is gone.
  func close(code: UInt16) async
  /// Drops the connection.
  func abort()
}

/// One message.
package enum GatewayFrame: Sendable {
  case text(String)
  case binary
}

/// The peer sent what breaks the WebSocket protocol or its limits, so that the connection was given
/// up.
package struct BrokenConnection: Error {
  package init() {}
}

/// Connections over WebSocket.
struct WebSocketGatewayConnector: GatewayConnector {
  var configuration: WebSocketConfiguration
  var eventLoopGroup: any EventLoopGroup
  var logger: Logger

  func connect(to url: String) async throws -> any GatewaySocket {
    let connection = try await WebSocketClient.connect(
      to: url, configuration: configuration, eventLoopGroup: eventLoopGroup, logger: logger)
    return WebSocketGatewaySocket(connection: connection)
  }
}

struct WebSocketGatewaySocket: GatewaySocket {
  let connection: WebSocketConnection

  func read(_ body: (GatewayFrame) async -> Void) async throws -> UInt16? {
    do {
      for try await message in connection.messages {
        switch message {
        case .text(let text): await body(.text(text))
        case .binary: await body(.binary)
        }
      }
    } catch {
      switch error.code {
      case .messageTooBig, .protocolViolation: throw BrokenConnection()
      default: throw error
      }
    }
    guard let close = connection.end?.close, close.initiatedByPeer else { return nil }
    return close.code
  }

  func send(_ text: String) async throws { try await connection.send(.text(text)) }

  func close(code: UInt16) async { await connection.close(code: code) }

  func abort() { connection.abort() }
}
