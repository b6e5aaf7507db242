import Glibc
import Logging
import Synchronization

/// What a recorder logs, with its time: shown when a trial fails.
final class TimedLog: Sendable {
  private let lines = Mutex<[(time: Int64, text: String)]>([])

  var logger: Logger {
    var logger = Logger(label: "matrix") { _ in Handler(log: self) }
    logger.logLevel = .debug
    return logger
  }

  /// The lines between two moments, nanoseconds since 1970.
  func lines(from start: Int64, to end: Int64) -> [String] {
    lines.withLock { lines in
      lines.filter { (start...max(start, end)).contains($0.time) }.map { line in
        let milliseconds = (line.time - start) / 1_000_000
        return "+\(milliseconds) ms \(line.text)"
      }
    }
  }

  fileprivate func append(_ text: String) {
    let time = RealTime.now
    lines.withLock { $0.append((time, text)) }
  }

  private struct Handler: LogHandler {
    let log: TimedLog
    var logLevel = Logger.Level.debug
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let pairs = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map {
        " \($0.key)=\($0.value)"
      }
      log.append("\(event.level) \(event.message)\(pairs.joined())")
    }
  }
}

/// The system's real-time clock, which the simulator's truth is by.
enum RealTime {
  /// Nanoseconds since 1970.
  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// Finds out for how long this process did not get its turn: what people say is late then, whatever
/// the recorder does.
final class StallWatch: Sendable {
  private let longest = Mutex(Duration.zero)

  /// Until the task is cancelled.
  func run() async {
    let step = Duration.milliseconds(100)
    while !Task.isCancelled {
      let start = ContinuousClock.now
      do { try await Task.sleep(for: step) } catch { return }
      let late = ContinuousClock.now - start - step
      longest.withLock { $0 = max($0, late) }
    }
  }

  /// Seconds of the longest time.
  var seconds: Double { longest.withLock { $0 / .seconds(1) } }
}
