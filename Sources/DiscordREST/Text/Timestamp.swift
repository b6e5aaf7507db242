package import FoundationEssentials

/// The time in a field of an API object: ISO 8601 with a time zone and up to 9 decimals.
///
/// Foundation's parser refuses the microseconds of Discord's answers in one of its two modes and
/// their absence in the other.
/// Source: https://docs.discord.com/developers/reference#iso8601-date-time
package enum Timestamp {
  /// The time that a text such as `2026-11-24T10:00:00.250000+00:00` means; nil for another form.
  package static func parse(_ text: String) -> Date? {
    var scanner = Scanner(text)
    guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2),
      scanner.skip("-"), let day = scanner.number(2), (1...12).contains(month),
      (1...31).contains(day)
    else { return nil }
    var seconds = 0
    var fraction = 0.0
    if !scanner.isAtEnd {
      guard scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
        let hour = scanner.number(2), scanner.skip(":"), let minute = scanner.number(2),
        scanner.skip(":"), let second = scanner.number(2), hour < 24, minute < 60, second < 61
      else { return nil }
      seconds = hour * 3600 + minute * 60 + second
      if scanner.skip(".") {
        guard let decimals = scanner.fraction() else { return nil }
        fraction = decimals
      }
      guard let offset = scanner.offset(), scanner.isAtEnd else { return nil }
      seconds -= offset
    }
    let days = daysSince1970(year: year, month: month, day: day)
    return Date(timeIntervalSince1970: Double(days * 86_400 + seconds) + fraction)
  }

  /// The time as Discord's API takes it: UTC, with milliseconds.
  package static func text(_ date: Date) -> String {
    // Out of range only for a date that no API call can mean; clamped so that it cannot trap.
    let milliseconds = (date.timeIntervalSince1970 * 1000).rounded(.down)
    let clamped = Int(min(max(milliseconds, -62_135_596_800_000), 253_402_300_799_999))
    let (second, millisecond) = clamped.quotientAndRemainder(floor: 1000)
    let (day, inDay) = second.quotientAndRemainder(floor: 86_400)
    let (year, month, dayOfMonth) = civil(daysSince1970: day)
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(dayOfMonth, 2) + "T"
      + padded(inDay / 3600, 2) + ":" + padded(inDay / 60 % 60, 2) + ":" + padded(inDay % 60, 2)
      + "." + padded(millisecond, 3) + "Z"
  }

  /// The time for people: `2026-11-24 10:00 UTC`.
  package static func minuteText(_ date: Date) -> String {
    let text = text(date)
    return text.prefix(10) + " " + text.dropFirst(11).prefix(5) + " UTC"
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Days of the proleptic Gregorian calendar, counted from years that begin in March so that the
  /// leap day is a year's last one.
  private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func civil(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let (era, dayOfEra) = shifted.quotientAndRemainder(floor: 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}

extension Int {
  /// Division that rounds towards minus infinity; the remainder is never negative.
  fileprivate func quotientAndRemainder(floor divisor: Int) -> (Int, Int) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

private struct Scanner {
  private var rest: Substring.UTF8View

  init(_ text: String) { rest = Substring(text).utf8 }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard let first = rest.first, UInt32(first) == character.value else { return false }
    rest.removeFirst()
    return true
  }

  /// Exactly `count` digits.
  mutating func number(_ count: Int) -> Int? {
    let digits = rest.prefix(count)
    guard digits.count == count, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
    rest.removeFirst(count)
    return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
  }

  /// 1 to 9 decimals.
  mutating func fraction() -> Double? {
    let digits = rest.prefix { (48...57).contains($0) }
    guard (1...9).contains(digits.count) else { return nil }
    rest.removeFirst(digits.count)
    let number = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    return Double(number) / digits.reduce(1.0) { scale, _ in scale * 10 }
  }

  /// The seconds east of UTC that `Z`, `+01:00` or `-0530` means.
  mutating func offset() -> Int? {
    if skip("Z") || skip("z") { return 0 }
    let east = skip("+")
    guard east || skip("-"), let hours = number(2) else { return nil }
    _ = skip(":")
    guard let minutes = number(2), hours < 24, minutes < 60 else { return nil }
    return (east ? 1 : -1) * (hours * 3600 + minutes * 60)
  }
}
