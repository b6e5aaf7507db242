internal import NIOCore
internal import NIOWebSocket

/// An open WebSocket, of a client or of a server.
///
/// One task reads ``messages``; any number may send. The connection is closed by
/// ``close(code:reason:)``, by ``abort()`` or by the peer; forgetting it does not close it.
package final class WebSocketConnection: Sendable {
  /// The peer's address, as text; empty if unknown.
  package let remoteAddress: String

  private let channel: any Channel
  private let handler: NIOLoopBound<WebSocketHandler>
  /// What was received and not read.
  let inbound: InboundMessages
  private let ended: EventLoopFuture<Void>

  private init(
    channel: any Channel, handler: NIOLoopBound<WebSocketHandler>, inbound: InboundMessages,
    ended: EventLoopFuture<Void>
  ) {
    remoteAddress = channel.remoteAddress.map { "\($0)" } ?? ""
    self.channel = channel
    self.handler = handler
    self.inbound = inbound
    self.ended = ended
  }

  /// Makes a channel that was just upgraded, and holds no HTTP handlers any more, a WebSocket.
  ///
  /// To be called on the channel's event loop.
  static func make(
    on channel: any Channel, role: WebSocketMachine.Role, configuration: WebSocketConfiguration,
    transport: TransportHandler
  ) throws -> WebSocketConnection {
    let inbound = InboundMessages(limit: configuration.maximumUnreadBytes)
    let ended = channel.eventLoop.makePromise(of: Void.self)
    let handler = WebSocketHandler(
      role: role, configuration: configuration, inbound: inbound, transport: transport,
      ended: ended)
    do {
      let frameLimit = min(
        configuration.maximumFrameBytes ?? configuration.maximumMessageBytes, Int(UInt32.max))
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(WebSocketFrameEncoder())
      try pipeline.addHandler(
        ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: frameLimit)))
      try pipeline.addHandler(handler)
    } catch {
      ended.fail(error)
      throw error
    }
    return WebSocketConnection(
      channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop),
      inbound: inbound, ended: ended.futureResult)
  }

  /// The messages, in order, for one reader.
  ///
  /// The sequence ends after a closing handshake, whoever began it (``end`` says how); it throws a
  /// ``WebSocketError`` if the connection was lost, was given up because of what the peer sent, or
  /// the reading task was cancelled. While nobody reads, the peer is held back by TCP.
  package var messages: Messages { Messages(inbound: inbound) }

  /// The messages of a connection.
  package struct Messages: AsyncSequence, Sendable {
    package typealias Element = WebSocketMessage
    package typealias Failure = WebSocketError

    fileprivate let inbound: InboundMessages

    /// Takes the messages one by one.
    package struct Iterator: AsyncIteratorProtocol {
      fileprivate let inbound: InboundMessages

      package mutating func next() async throws(WebSocketError) -> WebSocketMessage? {
        try await inbound.next()
      }

      package mutating func next(
        isolation actor: isolated (any Actor)?
      ) async throws(WebSocketError) -> WebSocketMessage? {
        try await inbound.next()
      }
    }

    package func makeAsyncIterator() -> Iterator { Iterator(inbound: inbound) }
  }

  /// How the connection ended; nil while it is open. Unread messages may still be there.
  package var end: WebSocketEnd? { inbound.end }

  /// Sends a message, and returns when the system has taken it.
  ///
  /// - Throws: ``WebSocketError``; if the connection ended, the reason of its end rather than that
  ///   of the failed write.
  package func send(_ message: WebSocketMessage) async throws(WebSocketError) {
    let (opcode, payload): (WebSocketOpcode, ByteBuffer) =
      switch message {
      case .text(let text): (.text, ByteBuffer(string: text))
      case .binary(let bytes): (.binary, ByteBuffer(bytes: bytes))
      }
    try await perform { $0.send(opcode, payload, promise: $1) }
  }

  /// Sends a ping, and returns when its pong has come.
  ///
  /// - Throws: ``WebSocketError`` if the connection ends before.
  package func ping() async throws(WebSocketError) {
    try await perform { $0.ping($1) }
  }

  /// Closes with a handshake, and returns when the connection is gone, at the latest after twice the
  /// close time-out. Messages that come meanwhile are dropped. Without effect if it ended already.
  ///
  /// - Parameters:
  ///   - code: the status code: 1000, 1001, 3000-4999, or another that RFC 6455 lets endpoints
  ///     send; what must not be sent is replaced by 1000.
  ///   - reason: at most 123 bytes of UTF-8 are sent.
  package func close(code: UInt16 = 1000, reason: String = "") async {
    let handler = handler
    channel.eventLoop.execute { handler.value.close(code: code, reason: reason) }
    try? await channel.closeFuture.get()
  }

  /// Drops the TCP connection at once, with a reset and without a close frame.
  package func abort() {
    let handler = handler
    channel.eventLoop.execute { handler.value.abort() }
  }

  /// Has the handler do something that takes a while.
  private func perform(
    _ body: @escaping @Sendable (WebSocketHandler, EventLoopPromise<Void>) -> Void
  ) async throws(WebSocketError) {
    let handler = handler
    let promise = channel.eventLoop.makePromise(of: Void.self)
    do {
      try await withTaskCancellationHandler {
        channel.eventLoop.execute { body(handler.value, promise) }
        try await promise.futureResult.get()
      } onCancel: {
        promise.fail(CancellationError())
      }
    } catch is CancellationError {
      throw WebSocketError(.cancelled, "the task that used the WebSocket was cancelled")
    } catch {
      // What the peer said before it hung up tells more than the failed write.
      try? await ended.get()
      switch end {
      case .failed(let error): throw error
      case .closed(let close):
        var error = WebSocketError(.closed, "the WebSocket is closed (\(close))")
        error.close = close
        throw error
      case nil: throw WebSocketError(.connectionLost, TransportErrors.lost(error))
      }
    }
  }
}
