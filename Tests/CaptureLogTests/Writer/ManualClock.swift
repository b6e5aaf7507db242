internal import Synchronization

@testable import CaptureLog

/// Clocks that a test sets.
final class ManualClock: CaptureClock {
  /// 2026-11-24T09:00:00Z.
  static let start: Int64 = 1_795_510_800_000_000_000
  static let second: Int64 = 1_000_000_000
  static let millisecond: Int64 = 1_000_000

  let bootID: String
  private let reading: Mutex<ClockReading>

  init(
    bootID: String = "boot-a", boottime: Int64 = 100 * second, realtime: Int64 = start
  ) {
    self.bootID = bootID
    reading = Mutex(ClockReading(boottime: boottime, realtime: realtime))
  }

  func read() -> ClockReading { reading.withLock { $0 } }

  /// Lets time pass; the wall clock runs `ppm` parts per million faster than the boot clock.
  func advance(_ nanoseconds: Int64, ppm: Int64 = 0) {
    reading.withLock { reading in
      reading.boottime += nanoseconds
      reading.realtime += nanoseconds + nanoseconds / 1_000_000 * ppm
    }
  }

  /// Sets the wall clock.
  func step(_ nanoseconds: Int64) {
    reading.withLock { $0.realtime += nanoseconds }
  }
}
