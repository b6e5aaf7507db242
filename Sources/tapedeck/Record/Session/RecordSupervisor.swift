internal import JSONValues
internal import Recorder
internal import SystemPackage

/// Watches over one recording until it has ended: shows it, tells programs, takes keys and signals.
struct RecordSupervisor {
  enum Input: Sendable {
    case update(RecordingUpdate)
    case key(Key)
    case stop(reason: String)
    case ended(RecordingEnd)
  }

  /// How often programs are told how it stands.
  private static let reportInterval: Duration = .seconds(5)

  let recording: Recording
  let reporter: StatusReporter
  let isLive: Bool

  private var capture: String { recording.folder.lastComponent?.string ?? "" }

  /// - Parameters:
  ///   - inputs: Keys and signals; ended by ``Input/ended(_:)``.
  func run(
    _ inputs: AsyncStream<Input>, _ input: AsyncStream<Input>.Continuation
  ) async -> RecordingEnd {
    let updates = Task { [recording] in
      for await update in recording.updates { input.yield(.update(update)) }
    }
    let end = Task { [recording] in input.yield(.ended(await recording.end())) }
    defer {
      updates.cancel()
      end.cancel()
    }
    var console = RecordConsole(isLive: isLive)
    var nextReport: Duration = .zero
    var isStopping = false
    for await input in inputs {
      switch input {
      case .update(let update):
        take(update, &console, &nextReport)
      case .key(.character("m")):
        recording.mark()
        console.say("marked at \(LiveStatus.clock(recording.status.elapsed / .seconds(1)))")
      case .key(.character("s")), .key(.endOfInput):
        guard !isStopping else { continue }
        isStopping = true
        stop("key", &console)
      case .stop(let reason):
        guard !isStopping else { continue }
        isStopping = true
        stop(reason, &console)
      case .key: break
      case .ended(let end):
        console.show(LiveStatus(end.status))
        console.end()
        return end
      }
    }
    console.end()
    return await recording.stop()
  }

  private func take(
    _ update: RecordingUpdate, _ console: inout RecordConsole, _ nextReport: inout Duration
  ) {
    switch update {
    case .status(let status):
      console.show(LiveStatus(status))
      guard status.elapsed >= nextReport else { return }
      nextReport = status.elapsed + Self.reportInterval
      reporter.report(.progress, capture: capture, RecordReport.progress(status))
    case .alert(let alert):
      console.say("ALERT: " + Terminal.escaped(alert.message, limit: 300))
      reporter.report(.warning, capture: capture, RecordReport.warning(alert, isOver: false))
    case .cleared(let alert):
      console.say("all clear: " + Terminal.escaped(alert.message, limit: 300))
      reporter.report(.warning, capture: capture, RecordReport.warning(alert, isOver: true))
    case .warning(let text):
      console.say("warning: " + Terminal.escaped(text, limit: 300))
      reporter.report(
        .warning, capture: capture, ["code": "warning", "message": .string(text)])
    case .event, .ended: break
    }
  }

  private func stop(_ reason: String, _ console: inout RecordConsole) {
    console.say("stopping; once more to end at once")
    Task { [recording] in await recording.stop(reason: reason) }
  }
}
