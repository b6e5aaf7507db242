internal import Glibc
internal import RTP
internal import Synchronization

/// What the thread of a ``VoiceSocket`` does, and what it shares with others.
final class VoiceReceiver: Sendable {
  /// Nanoseconds to stand still after an error of an unknown kind: it may be there for good.
  private static let pause: Int64 = 10_000_000
  /// Batches that are read after the end was told: a receive buffer of 4 MiB and small datagrams.
  private static let lastBatches = 8192 / ReceiveBatch.count

  private struct Discovery {
    /// A cancellation that comes late must not end the next one.
    var id: UInt64
    var machine: UDPDiscovery
    var answer: CheckedContinuation<Result<DatagramAddress, UDPDiscoveryError>, Never>
  }

  let socket: DatagramSocket
  private let options: VoiceSocket.Options
  private let sent: VoiceSocket.SentObserver
  private let received: VoiceSocket.Receiver
  private let discovery = Mutex<Discovery?>(nil)
  /// Whether there is a discovery, so that packets need not take its lock.
  private let isDiscovering = Atomic<Bool>(false)
  private let isStopped = Atomic<Bool>(false)
  private let discoveries = Atomic<UInt64>(0)

  private let receivedCount = Atomic<UInt64>(0)
  private let receivedBytes = Atomic<UInt64>(0)
  private let oversized = Atomic<UInt64>(0)
  private let sentCount = Atomic<UInt64>(0)
  private let sendFailures = Atomic<UInt64>(0)
  private let unreachable = Atomic<UInt64>(0)
  private let receiveFailures = Atomic<UInt64>(0)
  private let kernelDrops = Atomic<UInt64>(0)
  private let keepalivesSent = Atomic<UInt64>(0)
  private let keepaliveEchoes = Atomic<UInt64>(0)

  init(
    socket: DatagramSocket, options: VoiceSocket.Options,
    sent: @escaping VoiceSocket.SentObserver, received: @escaping VoiceSocket.Receiver
  ) {
    self.socket = socket
    self.options = options
    self.sent = sent
    self.received = received
  }

  var statistics: VoiceSocketStatistics {
    var result = VoiceSocketStatistics()
    result.received = receivedCount.load(ordering: .relaxed)
    result.receivedBytes = receivedBytes.load(ordering: .relaxed)
    result.oversized = oversized.load(ordering: .relaxed)
    result.sent = sentCount.load(ordering: .relaxed)
    result.sendFailures = sendFailures.load(ordering: .relaxed)
    result.unreachable = unreachable.load(ordering: .relaxed)
    result.receiveFailures = receiveFailures.load(ordering: .relaxed)
    result.kernelDrops = max(
      socket.kernelDrops.map(UInt64.init) ?? 0, kernelDrops.load(ordering: .relaxed))
    result.keepalivesSent = keepalivesSent.load(ordering: .relaxed)
    result.keepaliveEchoes = keepaliveEchoes.load(ordering: .relaxed)
    return result
  }

  // MARK: The thread

  func run() {
    let batch = ReceiveBatch(withSources: false)
    var keepalive = Keepalive(interval: options.keepaliveInterval, now: MonotonicTime.now)
    while !isStopped.load(ordering: .acquiring) {
      let now = MonotonicTime.now
      if let counter = keepalive.due(at: now) {
        if send(counter.span) { keepalivesSent.add(1, ordering: .relaxed) }
      }
      advanceDiscovery(at: now)
      let deadline = min(keepalive.deadline, discoveryDeadline)
      socket.wait(nanoseconds: min(deadline - now, 1_000_000_000))
      let hasReceived = drain(batch)
      if hasReceived, options.gatherTime > 0 { socket.pause(nanoseconds: options.gatherTime) }
    }
    // What the kernel took before the end was told is the caller's: at most what the buffer holds, as
    // more may come all the time.
    _ = drain(batch, atMost: Self.lastBatches)
  }

  /// Reads until nothing waits, or the end is told; returns whether something did.
  ///
  /// - Parameter limit: Batches that are read whether or not the end was told; nil: none.
  private func drain(_ batch: borrowing ReceiveBatch, atMost limit: Int? = nil) -> Bool {
    var hasReceived = false
    var count = 0
    while limit.map({ count < $0 }) ?? !isStopped.load(ordering: .relaxed) {
      count += 1
      let received = socket.receive(into: batch)
      guard received > 0 else {
        if received < 0 { receiveFailed(-received) }
        // An error is told once, and hides what lies behind it.
        if limit != nil, Self.isUnreachable(-received) { continue }
        return hasReceived
      }
      hasReceived = true
      for index in 0..<Int(received) { deliver(batch, index) }
      kernelDrops.store(UInt64(batch.kernelDrops), ordering: .relaxed)
      if received < ReceiveBatch.count { return true }
    }
    return hasReceived
  }

  private func deliver(_ batch: borrowing ReceiveBatch, _ index: Int) {
    let length = batch.length(index)
    guard length <= ReceiveBatch.longestDatagram else {
      oversized.add(1, ordering: .relaxed)
      return
    }
    receivedCount.add(1, ordering: .relaxed)
    receivedBytes.add(UInt64(length), ordering: .relaxed)
    let time = batch.time(index)
    batch.withDatagram(index) { datagram in
      received(datagram, time)
      if length == Keepalive.length, DatagramKind.classify(datagram) == .keepalive {
        keepaliveEchoes.add(1, ordering: .relaxed)
      } else if length == IPDiscovery.length, isDiscovering.load(ordering: .acquiring) {
        answerDiscovery(datagram)
      }
    }
  }

  private func receiveFailed(_ error: Int32) {
    if Self.isUnreachable(error) {
      unreachable.add(1, ordering: .relaxed)
    } else {
      receiveFailures.add(1, ordering: .relaxed)
      usleep(useconds_t(Self.pause / 1_000))
    }
  }

  private static func isUnreachable(_ error: Int32) -> Bool {
    switch error {
    case ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL: true
    default: false
    }
  }

  // MARK: From any thread

  func send(_ datagram: Span<UInt8>) -> Bool {
    let error = socket.send(datagram)
    guard error == 0 else {
      sendFailures.add(1, ordering: .relaxed)
      if Self.isUnreachable(error) { unreachable.add(1, ordering: .relaxed) }
      return false
    }
    sentCount.add(1, ordering: .relaxed)
    sent(datagram)
    return true
  }

  func stop() {
    isStopped.store(true, ordering: .releasing)
    socket.wake()
  }

  /// After the thread has ended.
  func finish() {
    socket.close()
    endDiscovery(.failure(.closed))
  }

  // MARK: Discovery

  func discover(ssrc: UInt32) async throws(UDPDiscoveryError) -> DatagramAddress {
    let id = discoveries.add(1, ordering: .relaxed).newValue
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { answer in
        let isBusy = discovery.withLock { discovery in
          guard discovery == nil else { return true }
          discovery = Discovery(id: id, machine: UDPDiscovery(ssrc: ssrc), answer: answer)
          isDiscovering.store(true, ordering: .releasing)
          return false
        }
        if isBusy { answer.resume(returning: Result.failure(.busy)) }
        // Looked at after the discovery is there: ``finish()`` or a cancellation may have missed it.
        if isStopped.load(ordering: .acquiring) || Task.isCancelled {
          endDiscovery(.failure(.closed), id: id)
        }
        socket.wake()
      }
    } onCancel: {
      endDiscovery(.failure(.closed), id: id)
    }
    return try result.get()
  }

  private var discoveryDeadline: Int64 {
    guard isDiscovering.load(ordering: .acquiring) else { return .max }
    return discovery.withLock { $0?.machine.deadline } ?? .max
  }

  private func advanceDiscovery(at now: Int64) {
    guard isDiscovering.load(ordering: .acquiring) else { return }
    switch discovery.withLock({ $0?.machine.advance(at: now) }) {
    case .send(let request): _ = send(request.span)
    case .fail(let error): endDiscovery(.failure(error))
    case nil: break
    }
  }

  private func answerDiscovery(_ datagram: Span<UInt8>) {
    let address = discovery.withLock { discovery in discovery?.machine.receive(datagram) }
    if let address { endDiscovery(.success(address)) }
  }

  private func endDiscovery(
    _ result: Result<DatagramAddress, UDPDiscoveryError>, id: UInt64? = nil
  ) {
    let ended = discovery.withLock { discovery -> Discovery? in
      guard id == nil || discovery?.id == id else { return nil }
      defer { discovery = nil }
      isDiscovering.store(false, ordering: .releasing)
      return discovery
    }
    ended?.answer.resume(returning: result)
  }
}
