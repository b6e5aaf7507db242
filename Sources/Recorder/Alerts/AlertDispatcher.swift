internal import Logging
internal import Synchronization

/// Brings alerts to their targets, one after another for each target, without holding up anybody.
///
/// At least once: an attempt that fails or takes too long is repeated, so that a target can be told
/// twice what it took without saying so.
final class AlertDispatcher: Sendable {
  /// How long a target may take for one alert.
  static let timeout: Duration = .seconds(15)

  private let deliveries: [AlertDelivery]
  private let queues: [AlertQueue]
  private let tasks: Mutex<[Task<Void, Never>]>

  /// - Parameter send: Brings one alert to one target.
  init(
    targets: [AlertTarget], capture: String, clock: any Clock<Duration>, logger: Logger,
    send: @escaping @Sendable (Alert, AlertTarget) async throws -> Void
  ) {
    deliveries = targets.map {
      AlertDelivery(target: $0, capture: capture, clock: clock, logger: logger, send: send)
    }
    let queues = deliveries.map(AlertQueue.init)
    self.queues = queues
    tasks = Mutex(queues.map { queue in Task { await queue.run() } })
  }

  func send(_ alert: Alert) {
    guard alert.cause == .ended else {
      for queue in queues { queue.add(alert) }
      return
    }
    // The last one does not wait behind what a slow target has not taken yet.
    let last = deliveries.map { delivery in Task { await delivery.insist(alert) } }
    tasks.withLock { $0 += last }
  }

  /// Sends what waits, at most for `limit`.
  func finish(atMost limit: Duration, clock: any Clock<Duration>) async {
    for queue in queues { queue.finish() }
    let tasks = self.tasks.withLock { $0 }
    do {
      try await withTimeout(limit, clock: clock) {
        for task in tasks { await task.value }
      }
    } catch {
      for task in tasks { task.cancel() }
    }
  }
}
