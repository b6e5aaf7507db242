internal import Glibc
internal import Synchronization

/// What a ``VoiceReceiver`` counts, on its thread and on those that send.
final class ReceiverCounters: Sendable {
  private let received = Atomic<UInt64>(0)
  private let receivedBytes = Atomic<UInt64>(0)
  private let oversized = Atomic<UInt64>(0)
  private let sent = Atomic<UInt64>(0)
  private let sendFailures = Atomic<UInt64>(0)
  private let unreachable = Atomic<UInt64>(0)
  private let receiveFailures = Atomic<UInt64>(0)
  private let kernelDrops = Atomic<UInt64>(0)
  private let keepalivesSent = Atomic<UInt64>(0)
  private let keepaliveEchoes = Atomic<UInt64>(0)

  /// - Parameter kernelDrops: as the kernel says now; nil if it does not.
  func statistics(kernelDrops now: UInt32?) -> VoiceSocketStatistics {
    var result = VoiceSocketStatistics()
    result.received = received.load(ordering: .relaxed)
    result.receivedBytes = receivedBytes.load(ordering: .relaxed)
    result.oversized = oversized.load(ordering: .relaxed)
    result.sent = sent.load(ordering: .relaxed)
    result.sendFailures = sendFailures.load(ordering: .relaxed)
    result.unreachable = unreachable.load(ordering: .relaxed)
    result.receiveFailures = receiveFailures.load(ordering: .relaxed)
    result.kernelDrops = max(
      now.map(UInt64.init) ?? 0, kernelDrops.load(ordering: .relaxed))
    result.keepalivesSent = keepalivesSent.load(ordering: .relaxed)
    result.keepaliveEchoes = keepaliveEchoes.load(ordering: .relaxed)
    return result
  }

  // MARK: Receiving

  /// A batch came with the number of datagrams that the kernel dropped so far.
  func noteBatch(kernelDrops drops: UInt32) {
    kernelDrops.store(UInt64(drops), ordering: .relaxed)
  }

  func noteReceived(bytes: Int) {
    received.add(1, ordering: .relaxed)
    receivedBytes.add(UInt64(bytes), ordering: .relaxed)
  }

  func noteOversized() { oversized.add(1, ordering: .relaxed) }
  func noteEcho() { keepaliveEchoes.add(1, ordering: .relaxed) }

  /// Returns whether the error may be there for good: it says nothing of the way.
  func noteReceiveFailure(_ error: Int32) -> Bool {
    guard Self.isUnreachable(error) else {
      receiveFailures.add(1, ordering: .relaxed)
      return true
    }
    unreachable.add(1, ordering: .relaxed)
    return false
  }

  // MARK: Sending

  func noteSent() { sent.add(1, ordering: .relaxed) }
  func noteKeepalive() { keepalivesSent.add(1, ordering: .relaxed) }

  func noteSendFailure(_ error: Int32) {
    sendFailures.add(1, ordering: .relaxed)
    if Self.isUnreachable(error) { unreachable.add(1, ordering: .relaxed) }
  }

  static func isUnreachable(_ error: Int32) -> Bool {
    switch error {
    case ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL: true
    default: false
    }
  }
}
