internal import Synchronization

/// What a client tells synchronously, and those who wait for it.
final class GatewayState: Sendable {
  enum Phase: Sendable {
    case new, running, ended
  }

  private struct Values {
    var phase = Phase.new
    var ready: GatewayReady?
    var isLive = false
    var voiceStates = VoiceStates()
    var failure: (any Error)?
    var statistics = GatewayStatistics()
    var number = 0
    var readyWaiters: [Int: CheckedContinuation<Void, Never>] = [:]
    var endWaiters: [CheckedContinuation<Void, Never>] = []
    var liveObservers: [Int: AsyncStream<Bool>.Continuation] = [:]
  }

  private let values = Mutex(Values())

  var phase: Phase { values.withLock(\.phase) }
  var ready: GatewayReady? { values.withLock(\.ready) }
  var isLive: Bool { values.withLock(\.isLive) }
  var voiceStates: VoiceStates { values.withLock(\.voiceStates) }
  var failure: (any Error)? { values.withLock(\.failure) }
  var statistics: GatewayStatistics { values.withLock(\.statistics) }

  /// Returns false when it began before.
  func begin() -> Bool {
    values.withLock { values in
      guard values.phase == .new else { return false }
      values.phase = .running
      return true
    }
  }

  func end(_ failure: (any Error)?) {
    let waiters = values.withLock { values in
      guard values.phase != .ended else { return [CheckedContinuation<Void, Never>]() }
      values.phase = .ended
      values.isLive = false
      values.failure = failure
      for (_, observer) in values.liveObservers { observer.finish() }
      defer {
        values.readyWaiters = [:]
        values.endWaiters = []
        values.liveObservers = [:]
      }
      return Array(values.readyWaiters.values) + values.endWaiters
    }
    for waiter in waiters { waiter.resume() }
  }

  func count(_ note: SessionNote) { values.withLock { $0.statistics.count(note) } }

  func countHandlerError() { values.withLock { $0.statistics.handlerErrors += 1 } }

  func setLive(_ isLive: Bool) {
    values.withLock { values in
      guard values.isLive != isLive else { return }
      values.isLive = isLive
      for (_, observer) in values.liveObservers { observer.yield(isLive) }
    }
  }

  /// Whether there is a session, each time it changes from now on.
  var liveChanges: AsyncStream<Bool> {
    let (changes, change) = AsyncStream<Bool>.makeStream(bufferingPolicy: .bufferingNewest(16))
    let number: Int? = values.withLock { values in
      guard values.phase != .ended else { return nil }
      values.number += 1
      values.liveObservers[values.number] = change
      return values.number
    }
    guard let number else {
      change.finish()
      return changes
    }
    change.onTermination = { [weak self] _ in
      self?.values.withLock { _ = $0.liveObservers.removeValue(forKey: number) }
    }
    return changes
  }

  func take(_ dispatch: SessionDispatch) {
    let waiters = values.withLock { values in
      values.statistics.events += 1
      values.voiceStates.apply(event: dispatch.name, dispatch.data)
      guard dispatch.name == "READY",
        let ready = GatewayReady(
          json: dispatch.data, followsLostSession: dispatch.followsLostSession)
      else { return [CheckedContinuation<Void, Never>]() }
      values.ready = ready
      defer { values.readyWaiters = [:] }
      return Array(values.readyWaiters.values)
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Returns when the first session has begun, at the end, or when the task is cancelled.
  func waitUntilReady() async {
    let number = values.withLock { values in
      values.number += 1
      return values.number
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = values.withLock { values in
          if values.ready != nil || values.phase == .ended || Task.isCancelled { return true }
          values.readyWaiters[number] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      values.withLock { $0.readyWaiters.removeValue(forKey: number) }?.resume()
    }
  }

  /// Returns at the end.
  func waitUntilEnd() async {
    await withCheckedContinuation { continuation in
      let isOver = values.withLock { values in
        if values.phase == .ended { return true }
        values.endWaiters.append(continuation)
        return false
      }
      if isOver { continuation.resume() }
    }
  }
}
