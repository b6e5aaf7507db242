internal import NIOCore
internal import NIOPosix

/// A TCP connection that speaks bytes, for what our client and server would never send.
final class RawConnection {
  let channel: any Channel
  private var chunks: AsyncThrowingStream<[UInt8], any Error>.Iterator
  private var unread: [UInt8] = []

  private final class Handler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let chunks: AsyncThrowingStream<[UInt8], any Error>.Continuation
    init(_ chunks: AsyncThrowingStream<[UInt8], any Error>.Continuation) { self.chunks = chunks }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      chunks.yield([UInt8](Self.unwrapInboundIn(data).readableBytesView))
    }
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      chunks.finish(throwing: error)
    }
    func channelInactive(context: ChannelHandlerContext) { chunks.finish() }
  }

  fileprivate struct Parts: Sendable {
    let channel: any Channel
    let chunks: AsyncThrowingStream<[UInt8], any Error>

    init(_ channel: any Channel) throws {
      let (chunks, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
      try channel.pipeline.syncOperations.addHandler(Handler(continuation))
      self.channel = channel
      self.chunks = chunks
    }
  }

  fileprivate init(_ parts: Parts) {
    channel = parts.channel
    chunks = parts.chunks.makeAsyncIterator()
  }

  /// Connects to a port of this machine.
  static func connect(to port: Int) async throws -> RawConnection {
    let parts = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture { try Parts(channel) }
      }
    return RawConnection(parts)
  }

  func write(_ bytes: [UInt8]) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
  }

  func write(_ text: String) async throws { try await write([UInt8](text.utf8)) }

  /// As many bytes; fewer if the peer hung up.
  func read(_ count: Int) async throws -> [UInt8] {
    while unread.count < count, let chunk = try await next() { unread += chunk }
    defer { unread.removeFirst(min(count, unread.count)) }
    return [UInt8](unread.prefix(count))
  }

  /// All up to and including this text.
  func read(through end: String) async throws -> String {
    let end = [UInt8](end.utf8)
    var from = 0
    while true {
      if let start = (from..<max(from, unread.count - end.count + 1)).first(where: {
        unread[$0..<($0 + end.count)].elementsEqual(end)
      }) {
        defer { unread.removeFirst(start + end.count) }
        return String(decoding: unread[..<(start + end.count)], as: UTF8.self)
      }
      from = max(0, unread.count - end.count + 1)
      guard let chunk = try await next() else {
        return String(decoding: unread, as: UTF8.self) + "(end)"
      }
      unread += chunk
    }
  }

  /// All until the peer hangs up; throws if it resets.
  func readToEnd() async throws -> String {
    while let chunk = try await next() { unread += chunk }
    defer { unread = [] }
    return String(decoding: unread, as: UTF8.self)
  }

  private func next() async throws -> [UInt8]? { try await chunks.next() }

  func close() async { try? await channel.close().get() }
}

/// Gives `client` the port of a server whose one connection `server` serves.
func withRawServer<Value: Sendable>(
  _ server: @escaping @Sendable (RawConnection) async throws -> Void,
  client: (Int) async throws -> Value
) async throws -> Value {
  let (accepted, accept) = AsyncStream.makeStream(of: RawConnection.Parts.self)
  let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
    .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
    .childChannelInitializer { channel in
      channel.eventLoop.makeCompletedFuture { accept.yield(try RawConnection.Parts(channel)) }
    }
    .bind(host: "127.0.0.1", port: 0).get()
  let serving = Task {
    for await parts in accepted {
      let connection = RawConnection(parts)
      defer { parts.channel.close(promise: nil) }
      return try await server(connection)
    }
  }
  do {
    let value = try await client(channel.localAddress?.port ?? 0)
    try await channel.close()
    // The client may have given up before it connected.
    accept.finish()
    try await serving.value
    return value
  } catch {
    accept.finish()
    try? await channel.close()
    serving.cancel()
    throw error
  }
}
