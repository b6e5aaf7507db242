internal import ArgumentParser
internal import CaptureLog

/// When a recording ends, as typed: `17:00`, `17:00:30`, or a whole moment with its zone,
/// `2026-11-24T17:00:00+01:00`.
struct EndTime: ExpressibleByArgument, Equatable {
  private enum Form: Equatable {
    /// Seconds since midnight.
    case timeOfDay(Int64)
    /// Seconds since the Unix epoch.
    case moment(Int64)
  }

  private static let day: Int64 = 86_400

  private let form: Form

  init?(argument: String) {
    if let moment = UTCTime.unixNanoseconds(parsing: argument) {
      form = .moment(moment / 1_000_000_000)
      return
    }
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count),
      parts.allSatisfy({ (1...2).contains($0.utf8.count) && $0.utf8.allSatisfy(Self.isDigit) })
    else { return nil }
    let numbers = parts.compactMap { Int64($0) }
    let second = numbers.count > 2 ? numbers[2] : 0
    // 24:00 is how the end of the day is written.
    let total = numbers[0] * 3600 + numbers[1] * 60 + second
    guard numbers[1] < 60, second < 60, total <= Self.day else { return nil }
    form = .timeOfDay(total)
  }

  /// The moment that is meant, in seconds since the Unix epoch: a time of day is the next one after
  /// `now`; nil for a moment that is over.
  ///
  /// - Parameter offset: Seconds that local time is ahead of UTC at a moment.
  func moment(after now: Int64, offset: (Int64) -> Int64) -> Int64? {
    switch form {
    case .moment(let moment): return moment > now ? moment : nil
    case .timeOfDay(let time):
      let local = now + offset(now)
      let midnight = local - ((local % Self.day) + Self.day) % Self.day
      // Yesterday's too: 24:00 of yesterday is 00:00 of today.
      for day in Int64(-1)...2 {
        let wanted = midnight + day * Self.day + time
        let moment = Self.moment(local: wanted, offset: offset)
        if moment > now { return moment }
      }
      return nil
    }
  }

  /// Twice, since the offset at the moment may differ from the one at the guess. A local time that
  /// summer time leaves out becomes the moment an hour later.
  private static func moment(local: Int64, offset: (Int64) -> Int64) -> Int64 {
    let first = local - offset(local)
    let second = local - offset(first)
    return second + offset(second) == local ? second : max(first, second)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
