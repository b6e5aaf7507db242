/// A clock that runs faster than the real one, so that heartbeats of 41 seconds need one.
struct ScaledClock: Clock {
  struct Instant: InstantProtocol {
    var offset: Duration

    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (first: Instant, second: Instant) -> Bool { first.offset < second.offset }
  }

  let factor: Int
  private let start = ContinuousClock.now

  init(factor: Int) { self.factor = factor }

  var now: Instant { Instant(offset: (ContinuousClock.now - start) * factor) }
  var minimumResolution: Duration { .milliseconds(1) }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let wait = deadline.offset - now.offset
    guard wait > .zero else { return try Task.checkCancellation() }
    try await ContinuousClock().sleep(for: wait / factor)
  }
}
