internal import Glibc

/// What a receiving thread plans by.
enum MonotonicTime {
  /// Nanoseconds; not moved by steps of the wall clock.
  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
