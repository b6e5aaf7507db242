/// Decides when a `clock` event is due: every 10 s, and after the wall clock stepped by more than
/// 100 ms. Pure: readings are passed in.
struct ClockWatch: Sendable {
  static let interval: Int64 = 10_000_000_000
  static let leastStep: Int64 = 100_000_000

  private let clock: SessionClock
  private var last: ClockReading?

  init(clock: SessionClock) {
    self.clock = clock
  }

  /// True when an event should be written at `reading`.
  func isDue(_ reading: ClockReading) -> Bool {
    guard let last else { return true }
    return reading.boottime &- last.boottime >= Self.interval
      || (reading.offset &- last.offset).magnitude > Self.leastStep.magnitude
  }

  /// The event for `reading`; the next is due 10 s later.
  ///
  /// Events are stored in microseconds, and a restart takes the session clock from this event, so
  /// both readings are moved to where session time is a whole microsecond.
  mutating func event(_ reading: ClockReading) -> CaptureEvent {
    last = reading
    let time = clock.time(atBoottime: reading.boottime)
    let rest = time % 1000
    let payload = ClockEvent(
      boottimeNanoseconds: reading.boottime &- rest, realtimeNanoseconds: reading.realtime &- rest,
      bootID: clock.bootID, bridged: clock.isBridged)
    return CaptureEvent(payload, time: time &- rest)
  }
}
