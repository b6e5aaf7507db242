internal import Synchronization

/// What took longer than it may.
struct TimedOut: Error, CustomStringConvertible {
  var description: String { "it took too long" }
}

/// Runs `body`, and gives up waiting for it after `limit`: it is cancelled then, and left alone if it
/// does not end.
func withTimeout<Value: Sendable>(
  _ limit: Duration, clock: any Clock<Duration>,
  _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  let race = Race<Value>()
  let work = Task {
    do { race.finish(.success(try await body())) } catch { race.finish(.failure(error)) }
  }
  let timer = Task {
    do { try await clock.sleep(for: limit) } catch { return }
    race.finish(.failure(TimedOut()))
    work.cancel()
  }
  defer { timer.cancel() }
  return try await withTaskCancellationHandler {
    try await race.value
  } onCancel: {
    work.cancel()
    race.finish(.failure(CancellationError()))
  }
}

/// The first result of several.
private final class Race<Value: Sendable>: Sendable {
  private struct State {
    var result: Result<Value, any Error>?
    var continuation: CheckedContinuation<Value, any Error>?
  }

  private let state = Mutex(State())

  func finish(_ result: Result<Value, any Error>) {
    let continuation = state.withLock { state in
      guard state.result == nil else { return CheckedContinuation<Value, any Error>?.none }
      state.result = result
      defer { state.continuation = nil }
      return state.continuation
    }
    continuation?.resume(with: result)
  }

  var value: Value {
    get async throws {
      try await withCheckedThrowingContinuation { continuation in
        let result = state.withLock { state in
          if state.result == nil { state.continuation = continuation }
          return state.result
        }
        if let result { continuation.resume(with: result) }
      }
    }
  }
}
