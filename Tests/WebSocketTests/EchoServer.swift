internal import Logging
internal import NIOHTTP1
internal import WebSocket

/// Gives a body a server, and stops it afterwards.
func withServer<Value: Sendable>(
  _ configuration: WebSocketServer.Configuration = .init(),
  webSocket: @escaping @Sendable (WebSocketConnection, HTTPServerRequestHead) async -> Void = echo,
  http: @escaping @Sendable (HTTPServerRequest) async -> HTTPServerResponse = { _ in
    HTTPServerResponse(status: 404)
  },
  upgrade: @escaping @Sendable (HTTPServerRequestHead) async -> WebSocketServer.UpgradeDecision = {
    _ in .accept()
  },
  _ body: (WebSocketServer) async throws -> Value
) async throws -> Value {
  let server = try await WebSocketServer.start(
    configuration: configuration, upgrade: upgrade, webSocket: webSocket, http: http)
  do {
    let value = try await body(server)
    await server.stop()
    return value
  } catch {
    await server.stop()
    throw error
  }
}

/// Sends every message back.
func echo(_ connection: WebSocketConnection, _: HTTPServerRequestHead) async {
  do {
    for try await message in connection.messages { try await connection.send(message) }
  } catch {
    // The client is gone; its test knows why.
  }
}

extension WebSocketServer {
  /// Its URL.
  func url(_ path: String = "/", scheme: String = "ws", host: String = "127.0.0.1") -> String {
    "\(scheme)://\(host):\(port)\(path)"
  }
}

extension WebSocketConfiguration {
  /// Limits for tests.
  static func test(_ change: (inout WebSocketConfiguration) -> Void) -> WebSocketConfiguration {
    var configuration = WebSocketConfiguration()
    change(&configuration)
    return configuration
  }
}
