internal import Synchronization

/// The rate limiter for concurrent callers: each waits its turn, and may leave at any time.
///
/// There is no waiter without a caller: a cancelled call takes its ticket back at once.
final class RateLimitGate: Sendable {
  private struct State {
    var limiter: RateLimiter
    var waiters: [RateLimiter.Ticket: CheckedContinuation<Void, any Error>] = [:]
    var timer: (time: Duration, task: Task<Void, Never>)?
  }

  /// Why a caller's turn never comes.
  enum Failure: Error {
    case expired
    case refused(RateLimiter.Refusal)
  }

  private typealias Resumption = (CheckedContinuation<Void, any Error>, Result<Void, any Error>)

  private let state: Mutex<State>
  private let time: ClientTime
  private let timerExecutor: (any TaskExecutor)?

  /// - Parameter timerExecutor: Runs the task that wakes the waiters; for tests on virtual time.
  init(
    configuration: RateLimiter.Configuration, time: ClientTime,
    timerExecutor: (any TaskExecutor)?
  ) {
    state = Mutex(State(limiter: RateLimiter(configuration: configuration)))
    self.time = time
    self.timerExecutor = timerExecutor
  }

  deinit { state.withLock { $0.timer?.task.cancel() } }

  /// How many callers wait.
  var waiterCount: Int { state.withLock { $0.waiters.count } }

  func makeTicket() -> RateLimiter.Ticket { state.withLock { $0.limiter.makeTicket() } }

  /// Waits until the request may be made.
  ///
  /// - Throws: `Failure`, or `CancellationError` at once when the task is cancelled.
  func wait(for ticket: RateLimiter.Ticket, route: APIRoute, deadline: Duration) async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        update { state, now in
          // Cancelled before it could wait: the handler has found nobody.
          if Task.isCancelled { return [(continuation, .failure(CancellationError()))] }
          state.waiters[ticket] = continuation
          state.limiter.request(ticket, route: route, deadline: deadline, at: now)
          return []
        }
      }
    } onCancel: {
      update { state, now in
        guard let continuation = state.waiters.removeValue(forKey: ticket) else { return [] }
        state.limiter.cancel(ticket, at: now)
        return [(continuation, .failure(CancellationError()))]
      }
    }
  }

  /// The request is over.
  func finish(_ ticket: RateLimiter.Ticket, _ outcome: RateLimiter.Outcome) {
    update { state, now in
      state.limiter.finish(ticket, outcome, at: now)
      return []
    }
  }

  private func update(_ event: (inout State, Duration) -> [Resumption]) {
    let resumptions = state.withLock { state in
      let now = time.now
      var resumptions = event(&state, now)
      for action in state.limiter.run(at: now) {
        let (ticket, result): (RateLimiter.Ticket, Result<Void, any Error>) =
          switch action {
          case .start(let ticket): (ticket, .success(()))
          case .expire(let ticket): (ticket, .failure(Failure.expired))
          case .refuse(let ticket, let refusal): (ticket, .failure(Failure.refused(refusal)))
          }
        if let continuation = state.waiters.removeValue(forKey: ticket) {
          resumptions.append((continuation, result))
        }
      }
      setTimer(&state)
      return resumptions
    }
    // Not under the lock: a resumed caller may come back at once.
    for (continuation, result) in resumptions { continuation.resume(with: result) }
  }

  /// One task sleeps for all waiters; it is replaced only when it would wake too late.
  private func setTimer(_ state: inout State) {
    guard let next = state.limiter.nextEvent else {
      state.timer?.task.cancel()
      state.timer = nil
      return
    }
    if let timer = state.timer, timer.time <= next { return }
    state.timer?.task.cancel()
    let task = Task(executorPreference: timerExecutor) { [weak self, time] in
      guard (try? await time.sleep(until: next)) != nil else { return }
      self?.wake(next)
    }
    state.timer = (next, task)
  }

  private func wake(_ time: Duration) {
    update { state, _ in
      if state.timer?.time == time { state.timer = nil }
      return []
    }
  }
}

extension DiscordClient {
  /// How many calls wait for their turn.
  package var waiterCount: Int { botGate.waiterCount + userGate.waiterCount }
}
