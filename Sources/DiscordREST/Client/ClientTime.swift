/// A caller's clock as times since the client was made.
struct ClientTime: Sendable {
  private let reading: @Sendable () -> Duration
  private let sleeping: @Sendable (Duration) async throws -> Void

  init(_ clock: any Clock<Duration>) { self.init(opened: clock) }

  private init<C: Clock>(opened clock: C) where C.Duration == Duration {
    let start = clock.now
    reading = { start.duration(to: clock.now) }
    sleeping = { try await clock.sleep(until: start.advanced(by: $0), tolerance: nil) }
  }

  /// Time since the client was made.
  var now: Duration { reading() }

  /// Sleeps until so long after the client was made.
  ///
  /// - Throws: `CancellationError` when the task is cancelled.
  func sleep(until time: Duration) async throws { try await sleeping(time) }
}
