internal import Synchronization

/// What a session tells synchronously, and those who wait for it.
final class VoiceSessionState: Sendable {
  private struct Values {
    var hasBegun = false
    var hasJoined = false
    var end: VoiceEnd?
    var isFinished = false
    var connection: VoiceConnectionInfo?
    var encryption = VoiceEncryption.off
    var privacyCode: String?
    /// Of sockets that are closed.
    var counters = VoiceUDPCounters()
    var socket: VoiceSocket?
    var joinWaiters: [CheckedContinuation<Void, Never>] = []
    var endWaiters: [CheckedContinuation<VoiceEnd, Never>] = []

    var lastEnd: VoiceEnd { end ?? VoiceEnd(.left, "The bot left the channel.") }
  }

  private let values = Mutex(Values())

  var hasBegun: Bool { values.withLock(\.hasBegun) }
  var ended: VoiceEnd? { values.withLock(\.end) }
  var connection: VoiceConnectionInfo? { values.withLock(\.connection) }
  var encryption: VoiceEncryption { values.withLock(\.encryption) }
  var privacyCode: String? { values.withLock(\.privacyCode) }

  /// Returns false when it began before.
  func begin() -> Bool {
    values.withLock { values in
      defer { values.hasBegun = true }
      return !values.hasBegun
    }
  }

  func setConnection(_ connection: VoiceConnectionInfo?) {
    values.withLock { $0.connection = connection }
  }

  func setEncryption(_ encryption: VoiceEncryption) {
    values.withLock { values in
      values.encryption = encryption
      if case .member = encryption { return }
      values.privacyCode = nil
    }
  }

  func setPrivacyCode(_ code: String?) { values.withLock { $0.privacyCode = code } }

  func join() {
    let waiters = values.withLock { values in
      values.hasJoined = true
      defer { values.joinWaiters = [] }
      return values.joinWaiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// The stay has ended, and things are being closed.
  func setEnding(_ end: VoiceEnd) {
    values.withLock { values in
      values.end = values.end ?? end
      values.connection = nil
    }
  }

  /// All is closed.
  func finish() {
    let (joins, ends, end) = values.withLock { values in
      values.isFinished = true
      defer {
        values.joinWaiters = []
        values.endWaiters = []
      }
      return (values.joinWaiters, values.endWaiters, values.lastEnd)
    }
    for waiter in joins { waiter.resume() }
    for waiter in ends { waiter.resume(returning: end) }
  }

  func waitUntilJoinedOrEnded() async {
    await withCheckedContinuation { continuation in
      let isOver = values.withLock { values in
        if values.hasJoined || values.isFinished { return true }
        values.joinWaiters.append(continuation)
        return false
      }
      if isOver { continuation.resume() }
    }
  }

  func waitUntilEnd() async -> VoiceEnd {
    await withCheckedContinuation { continuation in
      let end = values.withLock { values in
        if values.isFinished { return values.lastEnd as VoiceEnd? }
        values.endWaiters.append(continuation)
        return nil
      }
      if let end { continuation.resume(returning: end) }
    }
  }

  // MARK: Counters

  /// Another socket takes the place of the one that was counted; that one's counts are kept.
  func count(_ socket: VoiceSocket?) {
    values.withLock { values in
      if let old = values.socket { values.counters.add(old.statistics) }
      values.socket = socket
    }
  }

  var counters: VoiceUDPCounters {
    values.withLock { values in
      var counters = values.counters
      if let socket = values.socket { counters.add(socket.statistics) }
      return counters
    }
  }
}

extension VoiceUDPCounters {
  fileprivate mutating func add(_ statistics: VoiceSocketStatistics) {
    received += statistics.received
    kernelDrops += statistics.kernelDrops
    sent += statistics.sent
    unreachable += statistics.unreachable
  }
}
