internal import Synchronization

/// What one target is still to be told, tried again until it has it.
///
/// An alert that is over before it got through is still told, right before its all-clear: whoever
/// could not be reached is to know that there was something, and programs always see pairs.
final class AlertQueue: Sendable {
  private let delivery: AlertDelivery
  private let backlog = Mutex(AlertBacklog())
  private let wakes: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation

  init(_ delivery: AlertDelivery) {
    self.delivery = delivery
    (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Everything that waits is tried at once: after an all-clear there may be a way again.
  func add(_ alert: Alert) {
    backlog.withLock { $0.add(alert) }
    wake.yield()
  }

  /// What waits is tried once more, and then ``run()`` returns.
  func finish() {
    wake.yield()
    wake.finish()
  }

  /// Sends until ``finish()``, or until the task is cancelled.
  func run() async {
    var failures = 0
    var timer: Task<Void, Never>?
    for await _ in wakes {
      timer?.cancel()
      timer = nil
      if await sendAll() {
        failures = 0
        continue
      }
      failures += 1
      let pause = AlertDelivery.pause(after: failures)
      timer = Task { [wake, delivery] in
        do { try await delivery.clock.sleep(for: pause) } catch { return }
        wake.yield()
      }
    }
    timer?.cancel()
  }

  /// - Returns: Whether all got through.
  private func sendAll() async -> Bool {
    var stuck: Set<Alert.Cause> = []
    var last: UInt64 = 0
    while !Task.isCancelled, let entry = next(after: last, except: stuck) {
      last = entry.number
      if await delivery.attempt(entry.alert, failures: entry.failures) {
        backlog.withLock { $0.remove(entry.number) }
      } else {
        backlog.withLock { $0.noteFailure(of: entry.number) }
        stuck.insert(entry.alert.cause)
      }
    }
    return stuck.isEmpty
  }

  private func next(after number: UInt64, except causes: Set<Alert.Cause>) -> AlertBacklog.Entry? {
    backlog.withLock { $0.next(after: number, except: causes) }
  }
}
