internal import RTP
internal import Synchronization

/// The IP discovery of a socket, one at a time: who asks waits on a task of their own, the receiving
/// thread sends and answers.
final class DiscoveryExchange: Sendable {
  private struct Discovery {
    /// A cancellation that comes late must not end the next one.
    var id: UInt64
    var machine: UDPDiscovery
    var answer: CheckedContinuation<Result<DatagramAddress, UDPDiscoveryError>, Never>
  }

  private let discovery = Mutex<Discovery?>(nil)
  /// Whether there is a discovery, so that packets need not take its lock.
  private let isRunning = Atomic<Bool>(false)
  private let isClosed = Atomic<Bool>(false)
  private let count = Atomic<UInt64>(0)

  /// Asks for our address; `wake` tells the receiving thread that there is something to send.
  func run(
    ssrc: UInt32, wake: @escaping @Sendable () -> Void
  ) async throws(UDPDiscoveryError) -> DatagramAddress {
    let id = count.add(1, ordering: .relaxed).newValue
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { answer in
        let isBusy = discovery.withLock { discovery in
          guard discovery == nil else { return true }
          discovery = Discovery(id: id, machine: UDPDiscovery(ssrc: ssrc), answer: answer)
          isRunning.store(true, ordering: .releasing)
          return false
        }
        if isBusy { answer.resume(returning: Result.failure(.busy)) }
        // Looked at after the discovery is there: ``close()`` or a cancellation may have missed it.
        if isClosed.load(ordering: .acquiring) || Task.isCancelled {
          end(.failure(.closed), id: id)
        }
        wake()
      }
    } onCancel: {
      end(.failure(.closed), id: id)
    }
    return try result.get()
  }

  /// Whoever asks from now on is refused.
  func refuse() { isClosed.store(true, ordering: .releasing) }

  /// The receiving thread has ended.
  func close() { end(.failure(.closed)) }

  // MARK: The receiving thread

  /// When ``advance(at:)`` is to be called at the latest, nanoseconds.
  var deadline: Int64 {
    guard isRunning.load(ordering: .acquiring) else { return .max }
    return discovery.withLock { $0?.machine.deadline } ?? .max
  }

  /// What is to be sent now.
  func advance(at now: Int64) -> [UInt8]? {
    guard isRunning.load(ordering: .acquiring) else { return nil }
    switch discovery.withLock({ $0?.machine.advance(at: now) }) {
    case .send(let request): return request
    case .fail(let error): end(.failure(error))
    case nil: break
    }
    return nil
  }

  /// Looks at a datagram of the length of an answer.
  func receive(_ datagram: Span<UInt8>) {
    guard isRunning.load(ordering: .acquiring) else { return }
    let address = discovery.withLock { discovery in discovery?.machine.receive(datagram) }
    if let address { end(.success(address)) }
  }

  private func end(_ result: Result<DatagramAddress, UDPDiscoveryError>, id: UInt64? = nil) {
    let ended = discovery.withLock { discovery -> Discovery? in
      guard id == nil || discovery?.id == id else { return nil }
      defer { discovery = nil }
      isRunning.store(false, ordering: .releasing)
      return discovery
    }
    ended?.answer.resume(returning: result)
  }
}
