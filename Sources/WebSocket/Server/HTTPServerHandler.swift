internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket

/// One HTTP/1.1 connection of a server: takes requests one after another, hands them to closures,
/// and turns into a WebSocket when one is accepted.
final class HTTPServerHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private enum State {
    /// Between requests.
    case idle
    case receiving(HTTPRequestHead, ByteBuffer)
    /// A closure has the request; more of them wait in `queued`.
    case answering(HTTPRequestHead, Task<Void, Never>)
    /// The HTTP handlers are leaving; bytes after the request are kept for those to come.
    case upgrading([NIOAny])
    /// All is said; what still comes is dropped.
    case closing
    case done
  }

  private let service: WebSocketServer.Service
  private let transport: TransportHandler
  private let gate: GateHandler
  private let httpHandlers: [any RemovableChannelHandler]
  private var context: ChannelHandlerContext?
  private var state = State.idle
  private var queued = CircularBuffer<HTTPServerRequestPart>()
  private var isReadHeldBack = false
  private var isStopping = false
  private var closeTimer: Scheduled<Void>?
  private var remoteAddress = ""
  /// What the connection has become, and the conversation on it.
  private var webSocket: (connection: WebSocketConnection, task: Task<Void, Never>)?

  init(
    service: WebSocketServer.Service, transport: TransportHandler, gate: GateHandler,
    httpHandlers: [any RemovableChannelHandler]
  ) {
    self.service = service
    self.transport = transport
    self.gate = gate
    self.httpHandlers = httpHandlers
  }

  // MARK: From the channel

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    remoteAddress = context.channel.remoteAddress.map { "\($0)" } ?? ""
  }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func read(context: ChannelHandlerContext) {
    if case .answering = state { isReadHeldBack = true } else { context.read() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .upgrading(var kept) = state {
      state = .done
      kept.append(data)
      state = .upgrading(kept)
      return
    }
    queued.append(Self.unwrapInboundIn(data))
    takeQueued()
  }

  func channelInactive(context: ChannelHandlerContext) {
    if case .answering(_, let task) = state { task.cancel() }
    state = .done
    closeTimer?.cancel()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    service.logger.debug("HTTP connection failed", metadata: ["why": "\(error)"])
    switch (state, error) {
    case (.idle, HTTPParserError.headerOverflow), (.idle, is ByteToMessageDecoderError):
      refuse(HTTPServerResponse(status: 431))
    case (.idle, is HTTPParserError), (.receiving, is HTTPParserError):
      refuse(HTTPServerResponse(status: 400))
    case (.closing, _), (.done, _): break
    default: transport.drop(resetting: false)
    }
  }

  /// Ends the connection, after the answer if one is being made.
  func stop() {
    isStopping = true
    switch state {
    case .idle, .receiving: closeGracefully()
    case .answering, .upgrading, .closing, .done: break
    }
    if let webSocket { Self.stop(webSocket.connection, webSocket.task) }
  }

  private static func stop(_ connection: WebSocketConnection, _ task: Task<Void, Never>) {
    Task {
      await connection.close(code: CloseCode.goingAway, reason: "the server stops")
      task.cancel()
    }
  }

  // MARK: Requests

  private func takeQueued() {
    while let part = queued.first {
      switch (state, part) {
      case (.idle, .head(let head)):
        queued.removeFirst()
        begin(head)
      case (.receiving(let head, var body), .body(var bytes)):
        queued.removeFirst()
        state = .idle
        guard body.readableBytes + bytes.readableBytes <= service.configuration.maximumBodyBytes
        else {
          refuse(HTTPServerResponse(status: 413), to: head)
          continue
        }
        body.writeBuffer(&bytes)
        state = .receiving(head, body)
      case (.receiving(let head, let body), .end):
        queued.removeFirst()
        answer(head, [UInt8](body.readableBytesView))
      case (.answering, _), (.upgrading, _): return
      default: queued.removeFirst()
      }
    }
  }

  private func begin(_ head: HTTPRequestHead) {
    let length = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
    guard length <= service.configuration.maximumBodyBytes else {
      return refuse(HTTPServerResponse(status: 413), to: head)
    }
    if head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" })
    {
      let head = HTTPResponseHead(version: .http1_1, status: .continue)
      context?.writeAndFlush(Self.wrapOutboundOut(.head(head)), promise: nil)
    }
    state = .receiving(head, ByteBuffer())
  }

  private func answer(_ head: HTTPRequestHead, _ body: [UInt8]) {
    guard let context else { return }
    let service = service
    let request = HTTPServerRequest(
      head: HTTPServerRequestHead(
        method: head.method.rawValue, uri: head.uri, headers: head.headers,
        remoteAddress: remoteAddress),
      body: body)
    let asksForUpgrade = ServerHandshake.asksForUpgrade(head)
    let isLast = ServerHandshake.endsHTTP(head)
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    let loop = context.eventLoop
    let task = Task {
      var decision = WebSocketServer.UpgradeDecision.notUpgraded
      if asksForUpgrade {
        if let refusal = ServerHandshake.refusal(head) {
          decision = .reject(refusal)
        } else {
          decision = await service.upgrade(request.head)
        }
      }
      switch decision {
      case .accept(let headers):
        loop.execute { this.value.accept(head, request.head, headers) }
      case .reject(let response):
        loop.execute { this.value.write(response, to: head, closing: true) }
      case .notUpgraded:
        let response = await service.http(request)
        loop.execute { this.value.write(response, to: head, closing: isLast) }
      }
    }
    state = .answering(head, task)
  }

  // MARK: Answers

  private func write(_ response: HTTPServerResponse, to head: HTTPRequestHead, closing: Bool) {
    guard case .answering = state, let context else { return }
    switch response.fault {
    case .reset: return transport.drop(resetting: true)
    case .hangUp: return transport.drop(resetting: false)
    case .truncated, nil: break
    }
    let closes = closing || response.closesConnection || isStopping || !head.isKeepAlive
    let isSent = send(response, to: head, closing: closes)
    if closes || response.fault != nil {
      state = .closing
      let this = NIOLoopBound(self, eventLoop: context.eventLoop)
      let resets = response.fault != nil
      isSent.whenComplete { _ in
        if resets {
          this.value.transport.drop(resetting: true)
        } else {
          this.value.closeGracefully()
        }
      }
    } else {
      state = .idle
    }
    takeQueued()
    resumeReading()
  }

  /// Writes an answer, and says when the system has taken it.
  private func send(
    _ response: HTTPServerResponse, to head: HTTPRequestHead?, closing: Bool
  ) -> EventLoopFuture<Void> {
    guard let context else { preconditionFailure("an answer without a channel") }
    let status = HTTPResponseStatus(statusCode: response.status)
    var headers = response.headers
    headers.remove(name: "Transfer-Encoding")
    if status.mayHaveResponseBody, head?.method != .HEAD {
      headers.replaceOrAdd(name: "Content-Length", value: "\(response.body.count)")
    } else if status.mayHaveResponseBody, !headers.contains(name: "Content-Length") {
      headers.add(name: "Content-Length", value: "\(response.body.count)")
    }
    if closing { headers.replaceOrAdd(name: "Connection", value: "close") }
    context.write(
      Self.wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))),
      promise: nil)
    var body = response.body[...]
    if case .truncated(let count) = response.fault { body = body.prefix(max(0, count)) }
    if status.mayHaveResponseBody, head?.method != .HEAD, !body.isEmpty {
      context.write(
        Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
    }
    return context.writeAndFlush(Self.wrapOutboundOut(.end(nil)))
  }

  /// Answers what was not read to its end, and hangs up.
  private func refuse(_ response: HTTPServerResponse, to head: HTTPRequestHead? = nil) {
    guard let context else { return }
    state = .closing
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    send(response, to: head, closing: true).whenComplete { _ in this.value.closeGracefully() }
  }

  /// Sends FIN, and drops what comes until the client hangs up, for a while: closing with unread
  /// bytes would reset the connection, and the client might never see the answer.
  private func closeGracefully() {
    guard let context, closeTimer == nil else { return }
    state = .closing
    queued = []
    let transport = NIOLoopBound(transport, eventLoop: context.eventLoop)
    closeTimer = context.eventLoop.scheduleTask(in: service.closeTimeout) {
      transport.value.drop(resetting: false)
    }
    context.close(mode: .output, promise: nil)
    resumeReading()
  }

  private func resumeReading() {
    guard isReadHeldBack else { return }
    isReadHeldBack = false
    if let context { read(context: context) }
  }

  // MARK: Upgrade

  private func accept(
    _ head: HTTPRequestHead, _ request: HTTPServerRequestHead, _ headers: HTTPHeaders
  ) {
    guard case .answering = state, let context else { return }
    state = .upgrading([])
    queued = []
    gate.hold()
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    let httpHandlers = NIOLoopBound(httpHandlers, eventLoop: context.eventLoop)
    let pipeline = NIOLoopBound(context.pipeline.syncOperations, eventLoop: context.eventLoop)
    ServerHandshake.answer(to: head, headers: headers, on: context.channel).flatMap { answer in
      let handler = this.value
      guard let context = handler.context else {
        return pipeline.value.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
      }
      context.write(Self.wrapOutboundOut(.head(answer)), promise: nil)
      context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
      // The decoder leaves last, and hands us the bytes that came with the request.
      return EventLoopFuture.andAllSucceed(
        httpHandlers.value.map { pipeline.value.removeHandler($0) }, on: context.eventLoop)
    }.whenComplete { this.value.finishUpgrade(request, $0) }
  }

  private func finishUpgrade(
    _ request: HTTPServerRequestHead, _ result: Result<Void, any Error>
  ) {
    guard case .upgrading(let kept) = state, let context else { return }
    state = .done
    let connection: WebSocketConnection
    do {
      try result.get()
      connection = try WebSocketConnection.make(
        on: context.channel, role: .server, configuration: service.configuration.webSocket,
        transport: transport)
    } catch {
      service.logger.debug("upgrade failed", metadata: ["why": "\(error)"])
      return transport.drop(resetting: false)
    }
    let service = service
    let task = Task {
      await service.webSocket(connection, request)
      await connection.close()
    }
    webSocket = (connection, task)
    if isStopping { Self.stop(connection, task) }
    for data in kept { context.fireChannelRead(data) }
    gate.release()
    resumeReading()
    context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
  }
}
