internal import ArgumentParser

/// A length of time as typed: `90`, `2.5s`, `10m`, `8h`, `1:30:00`.
struct TimeLength: ExpressibleByArgument, Equatable {
  var nanoseconds: Int64

  init?(argument: String) {
    guard let seconds = Self.seconds(argument), seconds > 0, seconds <= 1e7 else { return nil }
    nanoseconds = Int64((seconds * 1e9).rounded())
  }

  private static func seconds(_ text: String) -> Double? {
    if text.contains(":") {
      var total = 0.0
      for part in text.split(separator: ":", omittingEmptySubsequences: false) {
        guard let value = Double(part), value >= 0 else { return nil }
        total = total * 60 + value
      }
      return total
    }
    let units = ["s": 1.0, "m": 60, "h": 3600]
    if let last = text.last, let unit = units[String(last)] {
      return Double(text.dropLast()).map { $0 * unit }
    }
    return Double(text)
  }
}
