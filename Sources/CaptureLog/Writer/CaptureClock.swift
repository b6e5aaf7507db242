internal import Glibc

/// Both clocks of a host, read at one moment.
package struct ClockReading: Sendable, Equatable {
  /// CLOCK_BOOTTIME in nanoseconds: runs on in suspend, is never set.
  package var boottime: Int64
  /// CLOCK_REALTIME in nanoseconds since the Unix epoch: steps and slews with the wall clock.
  package var realtime: Int64

  package init(boottime: Int64, realtime: Int64) {
    self.boottime = boottime
    self.realtime = realtime
  }

  /// What the wall clock is ahead of the boot clock; it changes only when the wall clock is set.
  var offset: Int64 { realtime &- boottime }
}

/// The clocks a capture is stamped by; tests put a clock of their own in its place.
package protocol CaptureClock: Sendable {
  /// The boot that ``ClockReading/boottime`` counts from.
  var bootID: String { get }
  /// Reads both clocks as nearly at the same moment as can be.
  func read() -> ClockReading
}

/// The clocks of this host.
package struct SystemCaptureClock: CaptureClock {
  package let bootID: String

  package init() {
    bootID = Self.readBootID()
  }

  /// Reads boot, wall and boot clock, and takes the middle. A thread that loses the processor
  /// between the readings would shift the packet's time by as much, so a pair that lies further
  /// apart than 20 µs is read again.
  package func read() -> ClockReading {
    var best = ClockReading(boottime: 0, realtime: 0)
    var smallestGap = Int64.max
    for _ in 0..<4 {
      let before = Self.nanoseconds(CLOCK_BOOTTIME)
      let realtime = Self.nanoseconds(CLOCK_REALTIME)
      let gap = Self.nanoseconds(CLOCK_BOOTTIME) &- before
      if gap < smallestGap {
        smallestGap = gap
        best = ClockReading(boottime: before &+ gap / 2, realtime: realtime)
      }
      if gap <= 20_000 { break }
    }
    return best
  }

  private static func nanoseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }

  private static func readBootID() -> String {
    let descriptor = Glibc.open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { Glibc.close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 36)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}
