/// A moment in nanoseconds since the Unix epoch, as ISO 8601 text in UTC and back.
///
/// Done by hand so that no locale and no time zone of the machine can get into what we write.
package enum UTCTime {
  /// `2026-11-24T09:00:02.125Z`: rounded down to milliseconds, or to as many digits as asked for.
  ///
  /// - Parameter fractionDigits: digits behind the point, 0...9.
  package static func text(unixNanoseconds: Int64, fractionDigits: Int = 3) -> String {
    let seconds = floorDivide(unixNanoseconds, 1_000_000_000)
    let nanoseconds = unixNanoseconds &- seconds &* 1_000_000_000
    let day = floorDivide(seconds, 86_400)
    let second = seconds - day * 86_400
    let (year, month, dayOfMonth) = civil(fromDay: day)
    let fraction = padded(nanoseconds, 9).prefix(min(max(fractionDigits, 0), 9))
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(dayOfMonth, 2) + "T"
      + padded(second / 3600, 2) + ":" + padded(second / 60 % 60, 2) + ":" + padded(second % 60, 2)
      + (fraction.isEmpty ? "" : "." + fraction) + "Z"
  }

  /// Reads `2026-11-24T09:00:02(.125)(Z|+01:00)`; nil for anything else, also without a zone.
  package static func unixNanoseconds(parsing text: String) -> Int64? {
    var rest = Substring(text)
    guard let year = digits(4, of: &rest), take("-", of: &rest),
      let month = digits(2, of: &rest), take("-", of: &rest),
      let day = digits(2, of: &rest), take("T", of: &rest) || take("t", of: &rest),
      let hour = digits(2, of: &rest), take(":", of: &rest),
      let minute = digits(2, of: &rest), take(":", of: &rest),
      let second = digits(2, of: &rest),
      (1970...2261).contains(year), (1...12).contains(month),
      (1...daysInMonth(month, of: year)).contains(day),
      hour < 24, minute < 60, second < 60
    else { return nil }
    var nanoseconds: Int64 = 0
    if take(".", of: &rest) {
      guard let fraction = fraction(of: &rest) else { return nil }
      nanoseconds = fraction
    }
    guard let zone = zoneSeconds(&rest), rest.isEmpty else { return nil }
    let days = self.day(year: year, month: month, day: day)
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - zone
    return seconds * 1_000_000_000 + nanoseconds
  }

  /// The digits behind a decimal point as nanoseconds; nil without digits. Beyond nine are dropped.
  package static func fraction(of rest: inout Substring) -> Int64? {
    let text = rest.prefix { $0.isASCII && $0.isNumber }
    guard !text.isEmpty else { return nil }
    rest = rest.dropFirst(text.count)
    let nine = (String(text.prefix(9)) + "000000000").prefix(9)
    return Int64(nine)
  }

  private static func zoneSeconds(_ rest: inout Substring) -> Int64? {
    if take("Z", of: &rest) || take("z", of: &rest) { return 0 }
    var sign: Int64 = 1
    if take("-", of: &rest) { sign = -1 } else if !take("+", of: &rest) { return nil }
    guard let hours = digits(2, of: &rest), take(":", of: &rest),
      let minutes = digits(2, of: &rest),
      hours < 24, minutes < 60
    else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }

  private static func take(_ character: Character, of rest: inout Substring) -> Bool {
    guard rest.first == character else { return false }
    rest.removeFirst()
    return true
  }

  private static func digits(_ count: Int, of rest: inout Substring) -> Int64? {
    let text = rest.prefix(count)
    guard text.count == count, text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    rest = rest.dropFirst(count)
    return Int64(text)
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }

  private static func daysInMonth(_ month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  /// Days since 1970-01-01 of the Gregorian calendar, in eras of 400 years that begin in March.
  private static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = floorDivide(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civil(fromDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch + (monthFromMarch < 10 ? 3 : -9)
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
      dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    )
  }
}
