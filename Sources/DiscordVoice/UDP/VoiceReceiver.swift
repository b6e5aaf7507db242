internal import Glibc
internal import RTP
internal import Synchronization

/// What the thread of a ``VoiceSocket`` does, and what it shares with others.
final class VoiceReceiver: Sendable {
  /// Nanoseconds to stand still after an error of an unknown kind: it may be there for good.
  private static let pause: Int64 = 10_000_000
  /// Batches that are read after the end was told: a receive buffer of 4 MiB and small datagrams.
  private static let lastBatches = 8192 / ReceiveBatch.count

  let socket: DatagramSocket
  private let options: VoiceSocket.Options
  private let sent: VoiceSocket.SentObserver
  private let received: VoiceSocket.Receiver
  private let discovery = DiscoveryExchange()
  private let counters = ReceiverCounters()
  private let isStopped = Atomic<Bool>(false)

  init(
    socket: DatagramSocket, options: VoiceSocket.Options,
    sent: @escaping VoiceSocket.SentObserver, received: @escaping VoiceSocket.Receiver
  ) {
    self.socket = socket
    self.options = options
    self.sent = sent
    self.received = received
  }

  var statistics: VoiceSocketStatistics { counters.statistics(kernelDrops: socket.kernelDrops) }

  // MARK: The thread

  func run() {
    let batch = ReceiveBatch(withSources: false)
    var keepalive = Keepalive(interval: options.keepaliveInterval, now: MonotonicTime.now)
    var hasReceived = false
    while !isStopped.load(ordering: .acquiring) {
      let now = MonotonicTime.now
      if let counter = keepalive.due(at: now), send(counter.span) { counters.noteKeepalive() }
      if let request = discovery.advance(at: now) { _ = send(request.span) }
      // Where something came just now, more has mostly gathered: it is not asked for first.
      if !hasReceived {
        let deadline = min(keepalive.deadline, discovery.deadline)
        socket.wait(nanoseconds: min(deadline - now, 1_000_000_000))
      }
      hasReceived = false
      while !isStopped.load(ordering: .relaxed) {
        let count = receive(into: batch)
        hasReceived = hasReceived || count > 0
        if count < ReceiveBatch.count { break }
      }
      if hasReceived, options.gatherTime > 0 { socket.pause(nanoseconds: options.gatherTime) }
    }
    // What the kernel took before the end was told is the caller's: at most what the buffer holds, as
    // more may come all the time.
    for _ in 0..<Self.lastBatches {
      let count = receive(into: batch)
      // An error is told once, and hides what lies behind it.
      if count < ReceiveBatch.count, !ReceiverCounters.isUnreachable(-count) { return }
    }
  }

  /// Reads and hands on one batch; returns how many datagrams there were, or -errno.
  private func receive(into batch: borrowing ReceiveBatch) -> Int32 {
    let count = socket.receive(into: batch)
    guard count > 0 else {
      if count < 0, counters.noteReceiveFailure(-count) {
        usleep(useconds_t(Self.pause / 1_000))
      }
      return count
    }
    for index in 0..<Int(count) { deliver(batch, index) }
    counters.noteBatch(kernelDrops: batch.kernelDrops)
    return count
  }

  private func deliver(_ batch: borrowing ReceiveBatch, _ index: Int) {
    let length = batch.length(index)
    guard length <= ReceiveBatch.longestDatagram else { return counters.noteOversized() }
    counters.noteReceived(bytes: length)
    let time = batch.time(index)
    batch.withDatagram(index) { datagram in
      received(datagram, time)
      if length == Keepalive.length, DatagramKind.classify(datagram) == .keepalive {
        counters.noteEcho()
      } else if length == IPDiscovery.length {
        discovery.receive(datagram)
      }
    }
  }

  // MARK: From any thread

  func send(_ datagram: Span<UInt8>) -> Bool {
    let error = socket.send(datagram)
    guard error == 0 else {
      counters.noteSendFailure(error)
      return false
    }
    counters.noteSent()
    sent(datagram)
    return true
  }

  func discover(ssrc: UInt32) async throws(UDPDiscoveryError) -> DatagramAddress {
    try await discovery.run(ssrc: ssrc) { [socket] in socket.wake() }
  }

  func stop() {
    discovery.refuse()
    isStopped.store(true, ordering: .releasing)
    socket.wake()
  }

  /// After the thread has ended.
  func finish() {
    socket.close()
    discovery.close()
  }
}
