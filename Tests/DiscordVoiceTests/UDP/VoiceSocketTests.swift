import Glibc
import RTP
import Synchronization
import Testing

@testable import DiscordVoice

/// Sockets on the loopback address.
@Suite struct VoiceSocketTests {
  private struct Received: Sendable, Equatable {
    var bytes: [UInt8]
    var time: Int64?
  }

  private static func options(keepalive: Int64? = nil, buffer: Int = 1 << 20)
    -> VoiceSocket.Options
  {
    var options = VoiceSocket.Options()
    options.keepaliveInterval = keepalive
    options.receiveBufferBytes = buffer
    return options
  }

  private static func bytes(_ span: Span<UInt8>) -> [UInt8] {
    (0..<span.count).map { span[$0] }
  }

  private static var wallClock: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Sends to a server that answers each datagram with `answers`, and gathers `count` of them.
  private static func exchange(
    host: String = "127.0.0.1", _ answers: [[UInt8]]
  ) async throws -> (received: [Received], socket: VoiceSocketStatistics) {
    let (clients, client) = AsyncStream.makeStream(of: DatagramAddress.self)
    let server = try DatagramServer(host: host) { _, source, _ in client.yield(source) }
    let (stream, continuation) = AsyncStream.makeStream(of: Received.self)
    let socket = try VoiceSocket(remote: server.address, options: options()) { datagram, time in
      continuation.yield(Received(bytes: bytes(datagram), time: time))
    }
    socket.send([1, 2, 3].span)
    var iterator = clients.makeAsyncIterator()
    let source = try #require(await iterator.next())
    #expect(source == socket.localAddress)
    for answer in answers { server.send(answer.span, to: source) }
    var received: [Received] = []
    for await datagram in stream.prefix(answers.count) { received.append(datagram) }
    socket.close()
    return (received, socket.statistics)
  }

  @Test("datagrams come in order with the kernel's time", arguments: ["127.0.0.1", "::1"])
  func receives(host: String) async throws {
    let begin = Self.wallClock
    let sizes = [0, 1, 2, 8, 74, 200, 1_400, 2_048, 0, 1, 60]
    let answers = sizes.map { [UInt8](repeating: UInt8($0 & 0xFF), count: $0) }
    do {
      let (received, statistics) = try await Self.exchange(host: host, answers)
      #expect(received.map(\.bytes) == answers)
      for datagram in received {
        let time = try #require(datagram.time)
        // The wall clock may be set while this runs, by a little.
        #expect(time > begin - 1_000_000_000 && time <= Self.wallClock + 1_000_000_000)
      }
      #expect(statistics.received == UInt64(sizes.count) && statistics.oversized == 0)
      #expect(statistics.receivedBytes == UInt64(sizes.reduce(0, +)))
      #expect(statistics.sent == 1 && statistics.kernelDrops == 0)
    } catch let error as DatagramError where host == "::1" && error.errno == EADDRNOTAVAIL {
      // A machine without IPv6.
    }
  }

  @Test("What came before the end was told is handed on, however late the thread is")
  func theLastOnesAreNotLost() throws {
    let server = try DatagramServer(host: "127.0.0.1") { _, _, _ in }
    let socket = try DatagramSocket(
      local: nil, remote: server.address, receiveBufferBytes: 1 << 20)
    let count = Atomic<Int>(0)
    let receiver = VoiceReceiver(socket: socket, options: Self.options(), sent: { _ in }) { _, _ in
      count.add(1, ordering: .relaxed)
    }
    // More than a batch; on the loopback address they are there when they are sent.
    for _ in 0..<200 {
      server.send([UInt8](repeating: 7, count: 100).span, to: socket.localAddress)
    }
    receiver.stop()
    receiver.run()
    #expect(count.load(ordering: .relaxed) == 200)
    receiver.finish()
  }

  @Test func longDatagramsAreCounted() async throws {
    let (received, statistics) = try await Self.exchange([
      [UInt8](repeating: 1, count: 200), [UInt8](repeating: 2, count: 200),
    ])
    #expect(received.count == 2 && statistics.oversized == 0)
    let (clients, client) = AsyncStream.makeStream(of: DatagramAddress.self)
    let server = try DatagramServer { _, source, _ in client.yield(source) }
    let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
    let socket = try VoiceSocket(remote: server.address, options: Self.options()) { datagram, _ in
      continuation.yield(datagram.count)
    }
    socket.send([9].span)
    var iterator = clients.makeAsyncIterator()
    let source = try #require(await iterator.next())
    server.send([UInt8](repeating: 1, count: 2_049).span, to: source)
    server.send([UInt8](repeating: 1, count: 9_000).span, to: source)
    server.send([1].span, to: source)
    for await count in stream.prefix(1) { #expect(count == 1) }
    #expect(socket.statistics.oversized == 2 && socket.statistics.received == 1)
  }

  @Test func grantsAndReportsItsBuffer() throws {
    let server = try DatagramServer { _, _, _ in }
    let small = try VoiceSocket(
      remote: server.address, options: Self.options(buffer: 65_536)
    ) { _, _ in }
    #expect(small.receiveBufferBytes == 131_072, "the kernel doubles it for its own needs")
    let large = try VoiceSocket(
      remote: server.address, options: Self.options(buffer: 4 << 20)
    ) { _, _ in }
    #expect(large.receiveBufferBytes > small.receiveBufferBytes)
  }

  @Test func countsWhatTheKernelDrops() async throws {
    let (clients, client) = AsyncStream.makeStream(of: DatagramAddress.self)
    let server = try DatagramServer { _, source, _ in client.yield(source) }
    let gate = Mutex(())
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    let socket = try VoiceSocket(
      remote: server.address, options: Self.options(buffer: 16_384)
    ) { _, _ in
      // Held while the server sends more than the buffer takes.
      gate.withLock { _ in }
      continuation.yield()
    }
    socket.send([9].span)
    var iterator = clients.makeAsyncIterator()
    let source = try #require(await iterator.next())
    let total: UInt64 = 400
    gate.withLock { _ in
      let datagram = [UInt8](repeating: 7, count: 1_000)
      for _ in 0..<total { server.send(datagram.span, to: source) }
    }
    let drops = socket.statistics.kernelDrops
    #expect(drops > 0 && drops < total)
    for await _ in stream.prefix(Int(total - drops)) {}
    #expect(socket.statistics.received + socket.statistics.kernelDrops == total)
  }

  @Test func aClosedPortDoesNotEndIt() async throws {
    let first = try DatagramServer { _, _, _ in }
    let address = first.address
    let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
    let socket = try VoiceSocket(remote: address, options: Self.options()) { datagram, _ in
      continuation.yield(Self.bytes(datagram))
    }
    first.close()
    // The answer that nobody is there comes with the next call, of the sender or of the receiver.
    var tries = 0
    while socket.statistics.unreachable == 0, tries < 10_000 {
      socket.send([1].span)
      tries += 1
    }
    #expect(socket.statistics.unreachable > 0)
    let server = Mutex<DatagramServer?>(nil)
    let second = try DatagramServer(port: address.port) { datagram, source, _ in
      let bytes = Self.bytes(datagram)
      server.withLock { _ = $0?.send(bytes.span, to: source) }
    }
    server.withLock { $0 = second }
    for _ in 0..<10 { socket.send([42].span) }
    for await bytes in stream.prefix(1) { #expect(bytes == [42] || bytes == [1]) }
    server.withLock { $0 = nil }
  }

  @Test func closesAtOnceAndForGood() throws {
    let server = try DatagramServer { _, _, _ in }
    for _ in 0..<50 {
      let socket = try VoiceSocket(remote: server.address, options: Self.options()) { _, _ in }
      socket.close()
      #expect(socket.send([1].span) == false)
      #expect(socket.statistics.sendFailures == 1)
      socket.close()
    }
  }

  @Test func sendsKeepalivesAndSeesTheirEcho() async throws {
    let server = Mutex<DatagramServer?>(nil)
    let echo = try DatagramServer { datagram, source, _ in
      let bytes = Self.bytes(datagram)
      server.withLock { _ = $0?.send(bytes.span, to: source) }
    }
    server.withLock { $0 = echo }
    let sent = Mutex<[[UInt8]]>([])
    let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
    let socket = try VoiceSocket(
      remote: echo.address, options: Self.options(keepalive: 1_000_000),
      sent: { datagram in
        let bytes = Self.bytes(datagram)
        sent.withLock { $0.append(bytes) }
      },
      received: { datagram, _ in continuation.yield(Self.bytes(datagram)) })
    var counters: [UInt8] = []
    for await datagram in stream.prefix(3) {
      #expect(datagram.count == 8)
      counters.append(datagram[0])
    }
    socket.close()
    #expect(counters == [0, 1, 2])
    #expect(socket.statistics.keepaliveEchoes >= 2)
    #expect(sent.withLock { $0.count } == Int(socket.statistics.sent))
    server.withLock { $0 = nil }
  }

  @Test func discoversWhenTheFirstAnswersAreLostOrForged() async throws {
    let server = Mutex<DatagramServer?>(nil)
    let requests = Mutex(0)
    let answering = try DatagramServer { datagram, source, _ in
      guard let request = try? IPDiscovery(parsing: datagram) else { return }
      let count = requests.withLock { count in
        count += 1
        return count
      }
      // None to the first; to the second one about somebody else.
      guard count > 1 else { return }
      let answer = IPDiscovery.response(
        ssrc: count == 2 ? request.ssrc + 1 : request.ssrc, address: source.host,
        port: source.port)
      server.withLock { _ = $0?.send(answer.encoded().span, to: source) }
    }
    server.withLock { $0 = answering }
    let socket = try VoiceSocket(remote: answering.address, options: Self.options()) { _, _ in }
    let mapped = try await socket.discover(ssrc: 77)
    #expect(mapped == socket.localAddress)
    #expect(requests.withLock { $0 } == 3)
    // And again on the same socket.
    #expect(try await socket.discover(ssrc: 78) == mapped)
    server.withLock { $0 = nil }
  }

  @Test func discoveryEndsWithTheSocketAndWithItsTask() async throws {
    let server = try DatagramServer { _, _, _ in }
    let socket = try VoiceSocket(remote: server.address, options: Self.options()) { _, _ in }
    let cancelled = Task { try await socket.discover(ssrc: 1) }
    cancelled.cancel()
    await #expect(throws: UDPDiscoveryError.closed) { try await cancelled.value }
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    let other = try VoiceSocket(
      remote: server.address, options: Self.options(), sent: { _ in continuation.yield() },
      received: { _, _ in })
    let waiting = Task { try await other.discover(ssrc: 1) }
    for await _ in stream.prefix(1) {}
    await #expect(throws: UDPDiscoveryError.busy) { try await other.discover(ssrc: 1) }
    other.close()
    await #expect(throws: UDPDiscoveryError.closed) { try await waiting.value }
    await #expect(throws: UDPDiscoveryError.closed) { try await other.discover(ssrc: 1) }
  }

  @Test func knowsTheAddressTowardsAServer() throws {
    let loopback = try #require(DatagramAddress(host: "127.0.0.1", port: 9))
    #expect(VoiceSocket.localAddress(towards: loopback)?.host == "127.0.0.1")
    #expect(throws: DatagramError.self) { try DatagramServer(host: "no address") { _, _, _ in } }
  }
}
