/// ISO 8601 as Discord writes it, for the proleptic Gregorian calendar.
enum Timestamp {
  /// `2026-11-24T09:00:02.123000+00:00`.
  static func text(_ time: World.Time) -> String {
    let days = time >= 0 ? time / 86_400_000 : (time - 86_399_999) / 86_400_000
    let rest = time - days * 86_400_000
    let (year, month, day) = civil(days)
    return pad(year, 4) + "-" + pad(month, 2) + "-" + pad(day, 2) + "T"
      + pad(rest / 3_600_000, 2) + ":" + pad(rest / 60_000 % 60, 2) + ":"
      + pad(rest / 1000 % 60, 2) + "." + pad(rest % 1000, 3) + "000+00:00"
  }

  /// The time in the header `Date`: `Tue, 24 Nov 2026 09:00:02 GMT`.
  static func http(_ time: World.Time) -> String {
    let days = max(0, time) / 86_400_000
    let rest = max(0, time) % 86_400_000
    let (year, month, day) = civil(days)
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    return "\(weekdays[Int(days % 7)]), \(pad(day, 2)) \(months[Int(month) - 1]) \(pad(year, 4)) "
      + pad(rest / 3_600_000, 2) + ":" + pad(rest / 60_000 % 60, 2) + ":"
      + pad(rest / 1000 % 60, 2) + " GMT"
  }

  /// Reads what clients send: with `Z` or an offset, with or without fractions.
  static func parse(_ text: String) -> World.Time? {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[range] {
        guard (48...57).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - 48)
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61,
      bytes[4] == 45, bytes[7] == 45, bytes[13] == 58, bytes[16] == 58
    else { return nil }
    var index = 19
    var fraction: Int64 = 0
    if index < bytes.count, bytes[index] == 46 {
      index += 1
      var scale: Int64 = 100
      while index < bytes.count, (48...57).contains(bytes[index]) {
        fraction += Int64(bytes[index] - 48) * scale
        scale /= 10
        index += 1
      }
    }
    var offset: Int64 = 0
    if index < bytes.count, bytes[index] == 43 || bytes[index] == 45 {
      guard let hours = number(index + 1..<index + 3), let minutes = number(index + 4..<index + 6)
      else { return nil }
      offset = (hours * 60 + minutes) * (bytes[index] == 45 ? -60_000 : 60_000)
    }
    let clock = hour * 3_600_000 + minute * 60_000 + second * 1000 + fraction
    return days(year, month, day) * 86_400_000 + clock - offset
  }

  private static func pad(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Days since 1970 to a date, by eras of 400 years.
  private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
