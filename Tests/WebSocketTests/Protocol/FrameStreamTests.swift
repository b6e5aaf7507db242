internal import NIOCore
internal import NIOEmbedded
internal import NIOWebSocket
internal import TestSupport
internal import Testing

@testable internal import WebSocket

/// A WebSocket without a socket: bytes in, messages and bytes out.
struct EmbeddedWebSocket {
  let channel = EmbeddedChannel()
  let inbound: InboundMessages

  init(
    role: WebSocketMachine.Role, configuration: WebSocketConfiguration = .init()
  ) throws {
    let transport = TransportHandler()
    try channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).wait()
    try channel.pipeline.syncOperations.addHandler(transport)
    inbound = try WebSocketConnection.make(
      on: channel, role: role, configuration: configuration, transport: transport
    ).inbound
  }

  /// Feeds bytes, and says which messages they held.
  func receive(_ bytes: some Collection<UInt8>) -> [WebSocketMessage] {
    _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
    var messages: [WebSocketMessage] = []
    while case .success(let message?) = inbound.poll() { messages.append(message) }
    return messages
  }

  /// What was sent.
  func sent() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
      bytes += buffer.readableBytesView
    }
    return bytes
  }

  func finish() { _ = try? channel.finish(acceptAlreadyClosed: true) }
}

@Suite("Frames in a stream of bytes")
struct FrameStreamTests {
  /// The frames of some messages, in random fragments with pings between them.
  static func stream(
    of messages: [WebSocketMessage], masked: Bool, random: inout SplitMix64
  ) -> [UInt8] {
    var stream: [UInt8] = []
    for message in messages {
      var (opcode, rest): (UInt8, ArraySlice<UInt8>) =
        switch message {
        case .text(let text): (1, [UInt8](text.utf8)[...])
        case .binary(let bytes): (2, bytes[...])
        }
      repeat {
        let most = Bool.random(using: &random) ? rest.count : min(1, rest.count)
        let count = Int.random(in: 0...most, using: &random)
        let isLast = count == rest.count && Bool.random(using: &random)
        stream += frame(
          opcode, [UInt8](rest.prefix(count)), fin: isLast, mask: masked ? random.bytes(4) : nil)
        rest = rest.dropFirst(count)
        opcode = 0
        if Int.random(in: 0..<8, using: &random) == 0 {
          stream += frame(9, [1, 2], mask: masked ? random.bytes(4) : nil)
        }
        if isLast { break }
      } while true
    }
    return stream
  }

  static func messages(_ random: inout SplitMix64) -> [WebSocketMessage] {
    (0..<4).map { _ in
      let count = [0, 1, 5, 125, 126, 300][Int.random(in: 0..<6, using: &random)]
      guard Bool.random(using: &random) else { return .binary(random.bytes(count)) }
      return .text(
        String(
          decoding: (0..<count).map { _ in "aé☃👋".utf8.randomElement(using: &random) ?? 0 },
          as: UTF8.self))
    }
  }

  @Test("Any fragmentation and any splitting give the same messages", arguments: 0..<40)
  func splitting(_ seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let role = seed.isMultiple(of: 2) ? WebSocketMachine.Role.client : .server
    let messages = Self.messages(&random)
    let stream = Self.stream(of: messages, masked: role == .server, random: &random)
    let socket = try EmbeddedWebSocket(role: role)
    defer { socket.finish() }
    var received: [WebSocketMessage] = []
    var rest = stream[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...[1, 3, 100, 10_000][seed / 2 % 4], using: &random)
      received += socket.receive(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    #expect(received == messages)
    #expect(socket.inbound.end == nil)
  }

  @Test("A text in fragments of one byte, given byte by byte")
  func bytes() throws {
    let socket = try EmbeddedWebSocket(role: .client)
    defer { socket.finish() }
    let text = [UInt8]("{\"op\": 10, \"é\": \"☃\"}".utf8)
    var stream: [UInt8] = []
    for (index, byte) in text.enumerated() {
      stream += frame(index == 0 ? 1 : 0, [byte], fin: index == text.count - 1)
    }
    let received = stream.flatMap { socket.receive([$0]) }
    #expect(received == [.text(String(decoding: text, as: UTF8.self))])
  }

  @Test(
    "Lengths beyond the cap are refused before their bytes come",
    arguments: [
      [0x82, 127, 0, 0, 0, 0, 0x01, 0, 0, 1], [0x82, 127, 0x7F, 255, 255, 255, 255, 255, 255, 255],
      [0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255],
    ] as [[UInt8]])
  func lengths(_ header: [UInt8]) throws {
    let socket = try EmbeddedWebSocket(role: .client)
    defer { socket.finish() }
    #expect(socket.receive(header) == [])
    guard case .failed(let error) = socket.inbound.end else {
      Issue.record("no end")
      return
    }
    #expect(error.code == .messageTooBig)
    #expect(error.closeCode == 1009)
    let sent = try socket.sent()
    #expect(sent.prefix(1) == [0x88])
    // Whatever follows is no frame any more.
    #expect(socket.receive([UInt8](repeating: 0x81, count: 500)) == [])
    #expect(try socket.sent() == [])
  }

  @Test("A server that does not hang up after the close frames is left after the time-out")
  func closeTimeout() throws {
    let socket = try EmbeddedWebSocket(
      role: .client, configuration: .test { $0.closeTimeout = .seconds(3) })
    _ = socket.receive(frame(8, closing(4000, "x")))
    #expect(try socket.sent().prefix(2) == [0x88, 0x82])
    socket.channel.embeddedEventLoop.advanceTime(by: .milliseconds(2999))
    #expect(socket.channel.isActive)
    socket.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(!socket.channel.isActive)
  }

  @Test("Unread messages hold the peer back, reading lets it go on")
  func backPressure() throws {
    let reads = ReadCounter()
    let channel = EmbeddedChannel()
    try channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).wait()
    let transport = TransportHandler()
    try channel.pipeline.syncOperations.addHandlers(reads, transport)
    let inbound = try WebSocketConnection.make(
      on: channel, role: .client, configuration: .test { $0.maximumUnreadBytes = 1000 },
      transport: transport
    ).inbound
    func give(_ count: Int) throws {
      try channel.writeInbound(ByteBuffer(bytes: frame(2, [UInt8](repeating: 1, count: count))))
      channel.pipeline.read()
    }
    let before = reads.count
    try give(800)
    #expect(reads.count == before + 1)
    try give(800)
    #expect(reads.count == before + 1)
    #expect(inbound.weight == 2 * 864)
    _ = inbound.poll()
    channel.embeddedEventLoop.run()
    #expect(reads.count == before + 1)
    _ = inbound.poll()
    channel.embeddedEventLoop.run()
    #expect(reads.count == before + 2)
    _ = try? channel.finish()
  }

  private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    var count = 0
    func read(context: ChannelHandlerContext) {
      count += 1
      context.read()
    }
  }
}
