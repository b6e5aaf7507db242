package import Logging
package import NIOCore
package import NIOHTTP1
internal import NIOPosix

/// An HTTP/1.1 server on one port that upgrades some requests to WebSockets.
///
/// ```swift
/// let server = try await WebSocketServer.start { head in
///   head.path == "/gateway" ? .accept() : .notUpgraded
/// } webSocket: { connection, head in
///   // The connection is closed with 1000 when this returns.
/// } http: { request in
///   HTTPServerResponse(status: 404)
/// }
/// ```
package final class WebSocketServer: Sendable {
  /// Where and how to listen.
  package struct Configuration: Sendable {
    /// The address to listen on.
    package var host = "127.0.0.1"
    /// The port; 0 takes a free one, which ``WebSocketServer/port`` tells.
    package var port = 0
    /// Speaks TLS with these.
    package var tls: TLSIdentity?
    /// The largest body of a request, in bytes; a larger one is answered with 413.
    package var maximumBodyBytes = 32 << 20
    /// The largest sum of a request's header fields, in bytes; more is answered with 431.
    package var maximumHeaderBytes = 64 << 10
    /// Limits and times of the WebSockets.
    package var webSocket = WebSocketConfiguration()

    /// The defaults: a free port of 127.0.0.1, without TLS.
    package init() {}
  }

  /// A certificate with its private key.
  package struct TLSIdentity: Sendable {
    /// The certificate, then those that sign it; PEM.
    package var certificateChain: String
    /// The private key; PEM.
    package var privateKey: String

    /// A certificate with its private key, as PEM texts.
    package init(certificateChain: String, privateKey: String) {
      self.certificateChain = certificateChain
      self.privateKey = privateKey
    }
  }

  /// What to do with a request that asks for an upgrade.
  package enum UpgradeDecision: Sendable {
    /// Upgrades, with further header fields in the answer.
    case accept(HTTPHeaders = [:])
    /// Answers with this.
    case reject(HTTPServerResponse)
    /// Hands it to the HTTP closure as any other request.
    case notUpgraded
  }

  /// Starts to listen.
  ///
  /// - Parameters:
  ///   - configuration: address, TLS, limits.
  ///   - eventLoopGroup: where the connections live; nil: the process' own.
  ///   - logger: gets debug messages.
  ///   - upgrade: decides on requests for an upgrade.
  ///   - webSocket: has the conversation; when it returns, the connection is closed with 1000.
  ///     Cancelled when the server stops.
  ///   - http: answers every other request. Cancelled when the client is gone or the server stops.
  /// - Throws: ``WebSocketError`` if the port is taken or certificate and key cannot be used.
  package static func start(
    configuration: Configuration = .init(), eventLoopGroup: (any EventLoopGroup)? = nil,
    logger: Logger = Logger(label: "tapedeck.websocket.server"),
    upgrade: @escaping @Sendable (HTTPServerRequestHead) async -> UpgradeDecision,
    webSocket: @escaping @Sendable (WebSocketConnection, HTTPServerRequestHead) async -> Void,
    http: @escaping @Sendable (HTTPServerRequest) async -> HTTPServerResponse
  ) async throws(WebSocketError) -> WebSocketServer {
    let service = Service(
      configuration: configuration, logger: logger, upgrade: upgrade, webSocket: webSocket,
      http: http)
    let tls = try configuration.tls?.makeContext()
    let connections = ServerConnections()
    let group = eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton
    do {
      let channel = try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 256)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try service.addHandlers(to: channel, tls, connections)
          }
        }
        .bind(host: configuration.host, port: configuration.port).get()
      logger.debug("listening", metadata: ["address": "\(channel.localAddress, default: "")"])
      return WebSocketServer(
        channel: channel, connections: connections, closeTimeout: service.closeTimeout)
    } catch {
      throw WebSocketError(
        .connectFailed, "cannot listen on \(configuration.host):\(configuration.port): \(error)")
    }
  }

  /// The port it listens on.
  package let port: Int

  private let channel: any Channel
  private let connections: ServerConnections
  private let closeTimeout: TimeAmount

  private init(channel: any Channel, connections: ServerConnections, closeTimeout: TimeAmount) {
    port = channel.localAddress?.port ?? 0
    self.channel = channel
    self.connections = connections
    self.closeTimeout = closeTimeout
  }

  /// How many connections are open, of both kinds.
  package var connectionCount: Int { connections.count }

  /// Stops: takes no more connections, closes the WebSockets with 1001, lets requests that are being
  /// answered finish within the close time-out, and returns when all is closed.
  package func stop() async {
    try? await channel.close().get()
    await connections.stop(after: closeTimeout)
  }
}
