/// The clock of a session: the wall clock at its start plus elapsed boot time.
///
/// It never steps while the host is up, whatever happens to the wall clock. Pure: readings are
/// passed in.
package struct SessionClock: Sendable, Equatable {
  /// The boot its readings belong to.
  package let bootID: String
  /// Session time at boot time 0.
  package let origin: Int64
  /// True when the wall clock had to bridge a reboot.
  package let isBridged: Bool

  package init(bootID: String, origin: Int64, isBridged: Bool = false) {
    self.bootID = bootID
    self.origin = origin
    self.isBridged = isBridged
  }

  /// The clock of a new session that starts at `start` by the wall clock (nanoseconds since the
  /// Unix epoch); session time equals the wall clock at `reading`.
  package init(starting reading: ClockReading, bootID: String) {
    self.init(bootID: bootID, origin: reading.offset)
  }

  /// Session time of a boot time, both in nanoseconds.
  package func time(atBoottime boottime: Int64) -> Int64 { origin &+ boottime }

  /// The clock of a session that is taken up again.
  ///
  /// On a boot that the session has seen it is the same clock as before. After a reboot the wall
  /// clock bridges, flagged; it may be wrong by then (a board without a battery), so the session
  /// clock goes on from `lastTime` at the earliest and never runs backwards.
  ///
  /// - Parameters:
  ///   - known: the clocks of the session's boots so far.
  ///   - lastTime: the latest session time in the capture.
  package static func resuming(
    known: [SessionClock], lastTime: Int64?, reading: ClockReading, bootID: String
  ) -> SessionClock {
    if let same = known.last(where: { $0.bootID == bootID && !bootID.isEmpty }) { return same }
    let now = max(reading.realtime, lastTime ?? reading.realtime)
    return SessionClock(bootID: bootID, origin: now &- reading.boottime, isBridged: true)
  }
}
