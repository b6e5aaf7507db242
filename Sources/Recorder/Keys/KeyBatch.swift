internal import CaptureLog
internal import Synchronization

/// Records that are to be stored together, and whoever waits for that.
final class KeyBatch: Sendable {
  enum Outcome: Sendable, Equatable {
    case stored
    case failed(String)
    case late
  }

  private struct State {
    var outcome: Outcome?
    var isStored = false
    var continuation: CheckedContinuation<Outcome, Never>?
  }

  let records: [KeyRecord]
  private let state = Mutex(State())

  init(_ records: [KeyRecord]) { self.records = records }

  /// True when the records are on the medium, be it after their time.
  var isStored: Bool { state.withLock { $0.isStored } }

  /// Tells the waiting task; later calls only note that the records were stored after all.
  func resolve(_ outcome: Outcome) {
    let continuation = state.withLock { state in
      if outcome == .stored { state.isStored = true }
      guard state.outcome == nil else { return CheckedContinuation<Outcome, Never>?.none }
      state.outcome = outcome
      defer { state.continuation = nil }
      return state.continuation
    }
    continuation?.resume(returning: outcome)
  }

  /// Waits for the outcome, by `clock` at most `limit`.
  func outcome(atMost limit: Duration, clock: any Clock<Duration>) async -> Outcome {
    let timer = Task {
      do { try await clock.sleep(for: limit) } catch { return }
      resolve(.late)
    }
    defer { timer.cancel() }
    return await withCheckedContinuation { continuation in
      let outcome = state.withLock { state in
        if state.outcome == nil { state.continuation = continuation }
        return state.outcome
      }
      if let outcome { continuation.resume(returning: outcome) }
    }
  }
}
