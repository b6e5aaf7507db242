internal import NIOCore
internal import NIOPosix

/// The voice servers' UDP port.
final class VoiceDatagramPort: Sendable {
  let port: UInt16
  private let channel: any Channel

  private init(channel: any Channel) {
    self.channel = channel
    port = UInt16(exactly: channel.localAddress?.port ?? 0) ?? 0
  }

  /// - Parameter received: called on an event loop with each datagram; what it gives is sent.
  static func bind(
    host: String,
    received: @escaping @Sendable ([UInt8], VoiceAddress) -> [VoiceDatagram]
  ) async throws -> VoiceDatagramPort {
    let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.socketOption(.so_rcvbuf), value: 4 << 20)
      .channelOption(.socketOption(.so_sndbuf), value: 4 << 20)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Handler(received: received))
        }
      }
      .bind(host: host, port: 0).get()
    return VoiceDatagramPort(channel: channel)
  }

  func send(_ datagrams: [VoiceDatagram]) {
    guard !datagrams.isEmpty else { return }
    let channel = channel
    channel.eventLoop.execute {
      for datagram in datagrams { channel.write(datagram) }
      channel.flush()
    }
  }

  func close() async {
    try? await channel.close().get()
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let received: @Sendable ([UInt8], VoiceAddress) -> [VoiceDatagram]

    init(received: @escaping @Sendable ([UInt8], VoiceAddress) -> [VoiceDatagram]) {
      self.received = received
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let envelope = unwrapInboundIn(data)
      guard let host = envelope.remoteAddress.ipAddress,
        let port = envelope.remoteAddress.port.flatMap({ UInt16(exactly: $0) })
      else { return }
      let answers = received(
        Array(envelope.data.readableBytesView), VoiceAddress(host: host, port: port))
      for answer in answers { context.channel.write(answer) }
      context.channel.flush()
    }

    /// A client that is gone is no fault of the port.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
  }
}

extension Channel {
  fileprivate func write(_ datagram: VoiceDatagram) {
    guard
      let address = try? SocketAddress(ipAddress: datagram.to.host, port: Int(datagram.to.port))
    else { return }
    let envelope = AddressedEnvelope(
      remoteAddress: address, data: ByteBuffer(bytes: datagram.bytes))
    write(envelope, promise: nil)
  }
}
