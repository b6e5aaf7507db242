/// The world's time: a clock that runs, and what the calendar said when it was looked at first.
package struct SimulatorClock: Sendable {
  private let elapsed: @Sendable () -> Duration
  private let pause: @Sendable (Duration) async throws -> Void
  private let start: World.Time

  /// The time of a clock that says `start`, in milliseconds since 1970, at this moment.
  package init(_ clock: some Clock<Duration>, start: World.Time) {
    let first = clock.now
    elapsed = { first.duration(to: clock.now) }
    pause = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
    self.start = start
  }

  /// The time, in milliseconds since 1970.
  package var now: World.Time {
    let (seconds, attoseconds) = elapsed().components
    return start + seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }

  /// How long the clock has run.
  package var uptime: Duration { elapsed() }

  /// Waits on the clock.
  package func sleep(for duration: Duration) async throws {
    try await pause(duration)
  }
}
