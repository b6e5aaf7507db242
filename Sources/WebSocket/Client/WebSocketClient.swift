package import Logging
package import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// Connects to WebSocket servers (RFC 6455), with `ws` or `wss`; without extensions.
package enum WebSocketClient {
  /// Connects.
  ///
  /// - Parameters:
  ///   - url: like `wss://gateway.example/?v=10`.
  ///   - configuration: limits, time-outs, trust roots, further header fields.
  ///   - eventLoopGroup: where the connection lives; nil: the process' own.
  ///   - logger: gets debug messages, never header fields, queries or messages.
  /// - Throws: ``WebSocketError``; of a refused upgrade with HTTP status and body.
  package static func connect(
    to url: String, configuration: WebSocketConfiguration = .init(),
    eventLoopGroup: (any EventLoopGroup)? = nil,
    logger: Logger = Logger(label: "tapedeck.websocket")
  ) async throws(WebSocketError) -> WebSocketConnection {
    let url = try WebSocketURL(parsing: url)
    let tls = url.isSecure ? try configuration.trustRoots.makeContext() : nil
    let group = eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton
    let loop = group.next()
    let promise = loop.makePromise(of: WebSocketConnection.self)
    logger.debug("connecting", metadata: ["host": "\(url.host)", "port": "\(url.port)"])
    do {
      let connection = try await withTaskCancellationHandler {
        start(url, tls, configuration, on: loop, promise)
        return try await promise.futureResult.get()
      } onCancel: {
        promise.fail(CancellationError())
      }
      logger.debug("connected", metadata: ["address": "\(connection.remoteAddress)"])
      return connection
    } catch {
      let error = TransportErrors.connecting(error, host: url.host, port: url.port)
      logger.debug(
        "not connected", metadata: ["code": "\(error.code.rawValue)", "why": "\(error.message)"])
      throw error
    }
  }

  private static func start(
    _ url: WebSocketURL, _ tls: NIOSSLContext?, _ configuration: WebSocketConfiguration,
    on loop: any EventLoop, _ promise: EventLoopPromise<WebSocketConnection>
  ) {
    let timeout = TimeAmount(configuration.connectTimeout)
    let deadline = NIODeadline.now() + timeout
    ClientBootstrap(group: loop)
      .connectTimeout(timeout)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .connect(host: url.host, port: url.port)
      .flatMap { channel in
        // Whatever fails or is cancelled from here on: nobody else knows the channel.
        promise.futureResult.whenFailure { _ in channel.close(promise: nil) }
        return channel.eventLoop.makeCompletedFuture {
          try addHandlers(url, tls, configuration, deadline, to: channel, promise)
        }
      }
      .whenFailure { promise.fail($0) }
  }

  /// The handlers are added when one of the name's addresses has answered, so that attempts at the
  /// others, which are dropped, have none. The server says nothing before we do.
  private static func addHandlers(
    _ url: WebSocketURL, _ tls: NIOSSLContext?, _ configuration: WebSocketConfiguration,
    _ deadline: NIODeadline, to channel: any Channel,
    _ promise: EventLoopPromise<WebSocketConnection>
  ) throws {
    let pipeline = channel.pipeline.syncOperations
    let transport = TransportHandler()
    try pipeline.addHandler(transport)
    if let tls { try pipeline.addHandler(try url.makeTLSHandler(tls)) }
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderListSize = 64 << 10
    let encoder = HTTPRequestEncoder()
    let decoder = ByteToMessageHandler(
      HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
    let validator = NIOHTTPRequestHeadersValidator()
    let gate = GateHandler()
    try pipeline.addHandlers(gate, encoder, decoder, validator)
    try pipeline.addHandler(
      ClientUpgradeHandler(
        url: url, configuration: configuration, deadline: deadline, promise: promise,
        transport: transport, gate: gate, httpHandlers: [encoder, validator, decoder]))
  }
}
