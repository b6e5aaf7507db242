internal import NIOCore
internal import NIOWebSocket

/// Carries out what the machine of a connection wants, on the connection's event loop.
final class WebSocketHandler: ChannelDuplexHandler {
  typealias InboundIn = WebSocketFrame
  typealias InboundOut = Never
  typealias OutboundIn = WebSocketFrame
  typealias OutboundOut = WebSocketFrame

  private var machine: WebSocketMachine
  private let role: WebSocketMachine.Role
  private let inbound: InboundMessages
  private let transport: TransportHandler
  private let closeTimeout: TimeAmount
  private let ended: EventLoopPromise<Void>
  private var context: ChannelHandlerContext?

  private var closeTimer: Scheduled<Void>?
  private var closeFrameSent: EventLoopFuture<Void>?
  /// A read that was asked for while the reader had enough to read.
  private var isReadHeldBack = false
  /// The last ping that is not answered because the peer does not read (section 5.5.3 allows that).
  private var unansweredPing: ByteBuffer?
  private var pings: [(payload: ByteBuffer, promise: EventLoopPromise<Void>)] = []
  private var pingNumber: UInt64 = 0

  init(
    role: WebSocketMachine.Role, configuration: WebSocketConfiguration, inbound: InboundMessages,
    transport: TransportHandler, ended: EventLoopPromise<Void>
  ) {
    machine = WebSocketMachine(
      role: role, maximumMessageBytes: configuration.maximumMessageBytes)
    self.role = role
    self.inbound = inbound
    self.transport = transport
    self.ended = ended
    closeTimeout = TimeAmount(configuration.closeTimeout)
  }

  // MARK: From the channel

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { channelIsGone() }

  func channelInactive(context: ChannelHandlerContext) {
    channelIsGone()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    perform(machine.receive(Self.unwrapInboundIn(data)))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case let error as NIOWebSocketError: perform(machine.decodingFailed(error))
    // Bytes after those that could not be decoded.
    case is ByteToMessageDecoderError: break
    default: perform(machine.transportClosed(TransportErrors.lost(error)) + [.dropTransport])
    }
  }

  func read(context: ChannelHandlerContext) {
    guard machine.isOpen else { return context.read() }
    let loop = context.eventLoop
    let this = NIOLoopBound(self, eventLoop: loop)
    let pauses = inbound.shouldPause { loop.execute { this.value.resumeReading() } }
    if pauses { isReadHeldBack = true } else { context.read() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable, let payload = unansweredPing.take() {
      perform([.sendPong(payload)])
    }
    context.fireChannelWritabilityChanged()
  }

  private func resumeReading() {
    guard isReadHeldBack else { return }
    isReadHeldBack = false
    context?.read()
  }

  private func channelIsGone() {
    perform(machine.transportClosed())
    closeTimer?.cancel()
    context = nil
    for ping in pings { ping.promise.fail(ChannelError.ioOnClosedChannel) }
    pings = []
  }

  // MARK: From the connection

  func send(_ opcode: WebSocketOpcode, _ payload: ByteBuffer, promise: EventLoopPromise<Void>?) {
    guard machine.isOpen, let context else {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    let mask: WebSocketMaskingKey? = role == .client ? .random() : nil
    let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: mask, data: payload)
    context.writeAndFlush(Self.wrapOutboundOut(frame), promise: promise)
  }

  /// Sends a ping; the promise is kept when its pong comes, or that of a later one.
  func ping(_ promise: EventLoopPromise<Void>) {
    guard machine.isOpen else { return promise.fail(ChannelError.ioOnClosedChannel) }
    pingNumber += 1
    let payload = ByteBuffer(integer: pingNumber)
    pings.append((payload, promise))
    send(.ping, payload, promise: nil)
  }

  func close(code: UInt16, reason: String) { perform(machine.close(code: code, reason: reason)) }

  func abort() {
    let actions = machine.abort()
    guard !actions.isEmpty else { return }
    transport.drop(resetting: true)
    perform(actions)
  }

  // MARK: Actions

  private func perform(_ actions: [WebSocketMachine.Action]) {
    for action in actions { perform(action) }
  }

  private func perform(_ action: WebSocketMachine.Action) {
    switch action {
    case .deliver(let message): inbound.append(message)
    case .sendPong(let payload):
      if context?.channel.isWritable == true {
        send(.pong, payload, promise: nil)
      } else {
        unansweredPing = payload
      }
    case .pongReceived(let payload):
      guard let index = pings.firstIndex(where: { $0.payload == payload }) else { return }
      for ping in pings[...index] { ping.promise.succeed() }
      pings.removeSubrange(...index)
    case .sendClose(let code, let reason): sendClose(code, reason)
    case .end(let end):
      inbound.finish(end)
      ended.succeed()
      resumeReading()
    case .startCloseTimer: startCloseTimer()
    case .shutDownOutput:
      whenCloseFrameIsSent { $0.context?.close(mode: .output, promise: nil) }
    case .closeTransport:
      whenCloseFrameIsSent { $0.context?.close(promise: nil) }
    case .dropTransport: transport.drop(resetting: false)
    }
  }

  private func sendClose(_ code: UInt16?, _ reason: String) {
    guard let context else { return }
    var payload = ByteBuffer()
    if let code {
      payload.writeInteger(code)
      payload.writeString(reason)
    }
    let mask: WebSocketMaskingKey? = role == .client ? .random() : nil
    let frame = WebSocketFrame(
      fin: true, opcode: .connectionClose, maskKey: mask, data: payload)
    closeFrameSent = context.writeAndFlush(Self.wrapOutboundOut(frame))
  }

  private func whenCloseFrameIsSent(_ body: @escaping @Sendable (WebSocketHandler) -> Void) {
    guard let closeFrameSent, let context else { return body(self) }
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    closeFrameSent.whenComplete { _ in body(this.value) }
  }

  private func startCloseTimer() {
    guard let context else { return }
    closeTimer?.cancel()
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    closeTimer = context.eventLoop.scheduleTask(in: closeTimeout) {
      this.value.perform(this.value.machine.closeTimerFired())
    }
  }
}
