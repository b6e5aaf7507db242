internal import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket

/// The server's part of the opening handshake (RFC 6455 section 4.2).
enum ServerHandshake {
  /// Whether a request wants to become a WebSocket.
  static func asksForUpgrade(_ head: HTTPRequestHead) -> Bool {
    head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
      && head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
  }

  /// Whether NIO's decoder takes no other request after this one: any upgrade, and CONNECT.
  static func endsHTTP(_ head: HTTPRequestHead) -> Bool {
    head.method == .CONNECT || head.headers.contains(name: "Upgrade")
  }

  /// What such a request is answered with if it is none by the rules.
  static func refusal(_ head: HTTPRequestHead) -> HTTPServerResponse? {
    guard head.headers["Sec-WebSocket-Version"] == ["13"] else {
      return HTTPServerResponse(status: 426, headers: ["Sec-WebSocket-Version": "13"])
    }
    let keys = head.headers["Sec-WebSocket-Key"]
    // 16 bytes in Base64.
    guard head.method == .GET, head.version == .http1_1, keys.count == 1, let key = keys.first,
      key.utf8.count == 24, key.hasSuffix("==")
    else { return HTTPServerResponse(status: 400) }
    return nil
  }

  /// The head that agrees.
  static func answer(
    to head: HTTPRequestHead, headers: HTTPHeaders, on channel: any Channel
  ) -> EventLoopFuture<HTTPResponseHead> {
    let upgrader = NIOWebSocketServerUpgrader { channel, _ in
      channel.eventLoop.makeSucceededFuture(headers)
    } upgradePipelineHandler: { channel, _ in
      channel.eventLoop.makeSucceededVoidFuture()
    }
    return upgrader.buildUpgradeResponse(
      channel: channel, upgradeRequest: head, initialResponseHeaders: [:]
    ).map { HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: $0) }
  }
}
