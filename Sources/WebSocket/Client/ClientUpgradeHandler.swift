internal import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket

/// Asks a server for the upgrade, and makes the channel a WebSocket when it agrees.
final class ClientUpgradeHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private enum State {
    case waiting
    /// Agreed; the end of the answer is to come.
    case accepted
    case rejected(HTTPResponseHead, body: ByteBuffer)
    /// The HTTP handlers are leaving; bytes after the answer are kept for those to come.
    case upgrading([NIOAny])
    case done
  }

  /// As much of a refusal's body is kept.
  private static let maximumBodyBytes = 64 << 10

  private let url: WebSocketURL
  private let configuration: WebSocketConfiguration
  private let deadline: NIODeadline
  private let promise: EventLoopPromise<WebSocketConnection>
  private let transport: TransportHandler
  private let gate: GateHandler
  private let httpHandlers: [any RemovableChannelHandler]
  private let handshake: NIOWebSocketClientUpgrader
  private var state = State.waiting
  private var timer: Scheduled<Void>?

  init(
    url: WebSocketURL, configuration: WebSocketConfiguration, deadline: NIODeadline,
    promise: EventLoopPromise<WebSocketConnection>, transport: TransportHandler,
    gate: GateHandler, httpHandlers: [any RemovableChannelHandler]
  ) {
    self.url = url
    self.configuration = configuration
    self.deadline = deadline
    self.promise = promise
    self.transport = transport
    self.gate = gate
    self.httpHandlers = httpHandlers
    // Only for its key and its check of the answer; the handlers are added here.
    handshake = NIOWebSocketClientUpgrader { channel, _ in
      channel.eventLoop.makeSucceededVoidFuture()
    }
  }

  func handlerAdded(context: ChannelHandlerContext) {
    guard context.channel.isActive else {
      return fail(context, .init(.connectFailed, "\(url.authority) hung up at once"))
    }
    let this = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(deadline: deadline) {
      let (handler, context) = this.value
      handler.timedOut(context)
    }
    var headers = HTTPHeaders(configuration.headers.map { ($0.name, $0.value) })
    headers.replaceOrAdd(name: "Host", value: url.authority)
    headers.replaceOrAdd(name: "Connection", value: "Upgrade")
    headers.replaceOrAdd(name: "Upgrade", value: "websocket")
    handshake.addCustom(upgradeRequestHeaders: &headers)
    let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: url.target, headers: headers)
    context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(Self.wrapOutboundOut(.end(nil))).whenFailure { [promise] error in
      // A header field of the configuration that cannot be sent, for one.
      promise.fail(error)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    if case .done = state { return }
    promise.fail(ChannelError.ioOnClosedChannel)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .upgrading(var kept) = state {
      state = .done
      kept.append(data)
      state = .upgrading(kept)
      return
    }
    switch (state, Self.unwrapInboundIn(data)) {
    case (.waiting, .head(let head)): receive(head, context)
    case (.accepted, .end): upgrade(context)
    case (.rejected(let head, var body), .body(var part)):
      state = .waiting
      let room = Self.maximumBodyBytes - body.readableBytes
      if var beginning = part.readSlice(length: min(room, part.readableBytes)) {
        body.writeBuffer(&beginning)
      }
      state = .rejected(head, body: body)
      if body.readableBytes == Self.maximumBodyBytes { reject(context) }
    case (.rejected, .end): reject(context)
    default: break
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if case .rejected = state { return reject(context) }
    fail(context, TransportErrors.connecting(error, host: url.host, port: url.port))
  }

  func channelInactive(context: ChannelHandlerContext) {
    switch state {
    case .rejected: reject(context)
    case .waiting, .accepted, .upgrading:
      fail(
        context, .init(.connectFailed, "\(url.authority) hung up instead of answering the upgrade"))
    case .done: break
    }
    context.fireChannelInactive()
  }

  private func timedOut(_ context: ChannelHandlerContext) {
    if case .rejected = state { return reject(context) }
    fail(context, .init(.timedOut, "\(url.authority) did not answer the upgrade in time"))
  }

  private func receive(_ head: HTTPResponseHead, _ context: ChannelHandlerContext) {
    guard head.status == .switchingProtocols else {
      state = .rejected(head, body: ByteBuffer())
      return
    }
    let upgrade = head.headers[canonicalForm: "upgrade"].map { $0.lowercased() }
    let connection = head.headers[canonicalForm: "connection"].map { $0.lowercased() }
    guard upgrade == ["websocket"], connection.contains("upgrade"),
      handshake.shouldAllowUpgrade(upgradeResponse: head)
    else {
      return fail(
        context,
        .init(.protocolViolation, "\(url.authority) answered with a wrong WebSocket handshake"))
    }
    // We offered no extension and no subprotocol, so none may be chosen (section 4.1).
    guard !head.headers.contains(name: "Sec-WebSocket-Extensions"),
      !head.headers.contains(name: "Sec-WebSocket-Protocol")
    else {
      return fail(
        context,
        .init(.protocolViolation, "\(url.authority) chose an extension that was not offered"))
    }
    state = .accepted
  }

  private func upgrade(_ context: ChannelHandlerContext) {
    state = .upgrading([])
    timer?.cancel()
    gate.hold()
    let pipeline = context.pipeline.syncOperations
    let this = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    // The decoder leaves last, and hands us the bytes that came with the answer.
    EventLoopFuture.andAllSucceed(
      httpHandlers.map { pipeline.removeHandler($0) }, on: context.eventLoop
    ).whenComplete { result in
      let (handler, context) = this.value
      handler.finishUpgrade(context, result)
    }
  }

  private func finishUpgrade(_ context: ChannelHandlerContext, _ result: Result<Void, any Error>) {
    guard case .upgrading(let kept) = state else { return }
    state = .done
    do {
      try result.get()
      promise.succeed(
        try WebSocketConnection.make(
          on: context.channel, role: .client, configuration: configuration, transport: transport))
    } catch {
      return fail(context, TransportErrors.connecting(error, host: url.host, port: url.port))
    }
    for data in kept { context.fireChannelRead(data) }
    gate.release()
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
  }

  private func reject(_ context: ChannelHandlerContext) {
    guard case .rejected(let head, let body) = state else { return }
    var error = WebSocketError(
      .upgradeRejected,
      "\(url.authority) refused the WebSocket with HTTP status \(head.status.code)")
    error.status = Int(head.status.code)
    error.headers = head.headers.map { ($0.name, $0.value) }
    error.body = [UInt8](body.readableBytesView)
    fail(context, error)
  }

  private func fail(_ context: ChannelHandlerContext, _ error: WebSocketError) {
    state = .done
    timer?.cancel()
    promise.fail(error)
    transport.drop(resetting: false)
  }
}
