internal import Logging

/// Brings alerts to their targets, one after another for each target, without holding up anybody.
final class AlertDispatcher: Sendable {
  /// How long a target may take for one alert.
  static let timeout: Duration = .seconds(15)
  /// Alerts that wait for a slow target; the oldest are dropped beyond that.
  static let queueLimit = 32

  private let queues: [AsyncStream<Alert>.Continuation]
  private let tasks: [Task<Void, Never>]

  /// - Parameter send: Brings one alert to one target.
  init(
    targets: [AlertTarget], capture: String, clock: any Clock<Duration>, logger: Logger,
    send: @escaping @Sendable (Alert, AlertTarget) async throws -> Void
  ) {
    var queues: [AsyncStream<Alert>.Continuation] = []
    var tasks: [Task<Void, Never>] = []
    for target in targets {
      let (stream, queue) = AsyncStream<Alert>.makeStream(
        bufferingPolicy: .bufferingNewest(Self.queueLimit))
      queues.append(queue)
      tasks.append(
        Task {
          for await alert in stream {
            do {
              try await withTimeout(Self.timeout, clock: clock) {
                try await send(alert, target)
              }
            } catch {
              logger.warning(
                "an alert did not reach its target",
                metadata: [
                  "session": "\(capture)", "target": "\(target.kind)", "alert": "\(alert.cause)",
                  "error": "\(error)",
                ])
            }
          }
        })
    }
    self.queues = queues
    self.tasks = tasks
  }

  func send(_ alert: Alert) {
    for queue in queues { queue.yield(alert) }
  }

  /// Sends what waits, at most for `limit`.
  func finish(atMost limit: Duration, clock: any Clock<Duration>) async {
    for queue in queues { queue.finish() }
    do {
      try await withTimeout(limit, clock: clock) { [tasks] in
        for task in tasks { await task.value }
      }
    } catch {
      for task in tasks { task.cancel() }
    }
  }
}

extension AlertTarget {
  /// What it is, without addresses, which can be secret.
  var kind: String {
    switch self {
    case .channel: "channel"
    case .directMessage: "dm"
    case .webhook: "webhook"
    case .command: "command"
    }
  }
}
