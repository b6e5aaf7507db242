internal import ArgumentParser
internal import CaptureLog
internal import Glibc
internal import JSONValues
internal import Render
internal import Synchronization

/// How a command tells programs what it does.
enum StatusFormat: String, ExpressibleByArgument, CaseIterable {
  /// One JSON object a line on standard output.
  case json
}

/// Tells programs (`--status json`, on standard output) and people (on standard error) what is going
/// on.
///
/// Each object has `event` (`start`, `progress`, `done`, `skip`, `warning` or `error`), `time` and,
/// where it is about one, `capture`; the last has `exit`.
final class StatusReporter: Sendable {
  enum Event: String {
    case start, progress, done, skip, warning, error
  }

  private struct State {
    var bar = ""
    var lastProgress: Int64 = .min
  }

  private let format: StatusFormat?
  private let showsBar: Bool
  private let state = Mutex(State())

  init(format: StatusFormat?) {
    self.format = format
    showsBar = Terminal.isTerminal(STDERR_FILENO)
  }

  /// Writes one status line, when asked for.
  func report(_ event: Event, capture: String? = nil, _ fields: [String: JSONValue] = [:]) {
    guard format == .json else { return }
    var object = fields
    object["event"] = .string(event.rawValue)
    object["time"] = .string(UTCTime.text(unixNanoseconds: Self.now(CLOCK_REALTIME)))
    if let capture { object["capture"] = .string(capture) }
    let line = JSONValue.object(object).bytes
    state.withLock { _ in
      Output.write(line + [0x0A], to: STDOUT_FILENO, isExpendable: event == .progress)
    }
  }

  /// One line for people. Names in it must have gone through ``Terminal/escaped(_:limit:)``.
  func say(_ text: String) {
    state.withLock { state in
      let clear =
        state.bar.isEmpty ? "" : "\r" + String(repeating: " ", count: state.bar.count) + "\r"
      Output.write([UInt8]((clear + text + "\n").utf8), to: STDERR_FILENO)
      if !state.bar.isEmpty {
        Output.write([UInt8](state.bar.utf8), to: STDERR_FILENO, isExpendable: true)
      }
    }
  }

  /// How far the one capture of a command is, from 0 to 1.
  func progress(_ fraction: Double, capture: String, label: String) {
    progress(fraction, of: fraction, capture: capture, phase: label, label: label)
  }

  /// How far a long job is, shown and reported a few times a second at most.
  ///
  /// - Parameters:
  ///   - fraction: Of the capture, 0 to 1.
  ///   - whole: Of everything, for the bar.
  func progress(
    _ fraction: Double, of whole: Double, capture: String, phase: String, label: String
  ) {
    let now = Self.now(CLOCK_MONOTONIC)
    let due = state.withLock { state in
      guard now - 200_000_000 >= state.lastProgress else { return false }
      state.lastProgress = now
      return true
    }
    guard due else { return }
    let own = (min(max(fraction, 0), 1) * 1000).rounded(.down) / 1000
    report(.progress, capture: capture, ["phase": .string(phase), "fraction": .number(own)])
    let permille = Int(min(max(whole, 0), 1) * 1000)
    guard showsBar else { return }
    let cells = min(30, max(10, Terminal.width(STDERR_FILENO) - label.count - 10))
    let full = cells * permille / 1000
    let percent = String(permille / 10)
    let bar =
      "\(label) [" + String(repeating: "#", count: full)
      + String(repeating: "-", count: cells - full) + "] "
      + String(repeating: " ", count: 3 - percent.count) + percent + "%"
    state.withLock { state in
      state.bar = bar
      Output.write([UInt8](("\r" + bar).utf8), to: STDERR_FILENO, isExpendable: true)
    }
  }

  /// Takes the progress bar away.
  func endProgress() {
    state.withLock { state in
      state.lastProgress = .min
      guard !state.bar.isEmpty else { return }
      let blank = "\r" + String(repeating: " ", count: state.bar.count) + "\r"
      state.bar = ""
      Output.write([UInt8](blank.utf8), to: STDERR_FILENO)
    }
  }

  /// Nanoseconds of a clock that never steps.
  static func monotonicNow() -> Int64 { now(CLOCK_MONOTONIC) }

  private static func now(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
