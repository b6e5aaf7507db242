internal import Logging

/// Brings one alert to one target, at its own pace.
struct AlertDelivery: Sendable {
  let target: AlertTarget
  /// The capture's id.
  let capture: String
  let clock: any Clock<Duration>
  let logger: Logger
  let send: @Sendable (Alert, AlertTarget) async throws -> Void

  /// Tries once. Only the first failure of an alert is a warning: the network may be away for hours.
  ///
  /// - Returns: Whether the target has it.
  func attempt(_ alert: Alert, failures: Int) async -> Bool {
    do {
      try await withTimeout(AlertDispatcher.timeout, clock: clock) { [send, target] in
        try await send(alert, target)
      }
      return true
    } catch {
      logger.log(
        level: failures == 0 ? .warning : .debug,
        "an alert did not reach its target, and is tried again",
        metadata: [
          "session": "\(capture)", "target": "\(target.kind)", "alert": "\(alert.cause)",
          "error": "\(error)",
        ])
      return false
    }
  }

  /// Tries until the target has it, or the task is cancelled.
  func insist(_ alert: Alert) async {
    var failures = 0
    while !Task.isCancelled, await !attempt(alert, failures: failures) {
      failures += 1
      do { try await clock.sleep(for: Self.pause(after: failures)) } catch { return }
    }
  }

  /// How long to wait after so many failures in a row.
  static func pause(after failures: Int) -> Duration {
    switch failures {
    case ...1: .seconds(5)
    case 2: .seconds(15)
    default: .seconds(30)
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
