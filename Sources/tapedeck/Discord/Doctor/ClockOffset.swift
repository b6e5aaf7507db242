internal import FoundationEssentials

/// How far this machine's clock is off Discord's, as the `Date` of an answer bounds it.
///
/// The header has whole seconds, so one answer says it to within half a second and half of the
/// round trip.
struct ClockOffset: Equatable {
  /// In seconds; positive where this clock is ahead.
  var offset: Double
  /// The true offset is within this of ``offset``.
  var uncertainty: Double

  /// - Parameters:
  ///   - sent: This clock when the request left, in seconds since 1970.
  ///   - received: And when the answer was there.
  ///   - date: The header of the answer.
  init?(sent: Double, received: Double, date: String) {
    guard let server = Self.seconds(date), received >= sent else { return nil }
    // The answer was dated at a moment between the two, and within the second that it names.
    let (low, high) = (sent - (server + 1), received - server)
    offset = (low + high) / 2
    uncertainty = (high - low) / 2
  }

  /// Whether the clocks may agree.
  var isPossiblyRight: Bool { abs(offset) <= uncertainty }

  /// The least that the clock is off.
  var least: Double { max(0, abs(offset) - uncertainty) }

  /// `Tue, 24 Nov 2026 11:00:00 GMT` (RFC 9110, section 5.6.7).
  private static func seconds(_ date: String) -> Double? {
    let parts = date.split(separator: " ")
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard parts.count == 6, let day = Int(parts[1]),
      let month = months.firstIndex(of: String(parts[2])),
      let year = Int(parts[3])
    else { return nil }
    let time = parts[4].split(separator: ":").map { Int($0) ?? -1 }
    guard time.count == 3, time.allSatisfy({ (0...60).contains($0) }), (1...31).contains(day),
      (1970...9999).contains(year)
    else { return nil }
    return Double(days(year, month + 1, day) * 86_400 + time[0] * 3600 + time[1] * 60 + time[2])
  }

  /// Days since 1970-01-01 of the Gregorian calendar, by counting from the first of March.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let (era, yearOfEra) = (shifted / 400, shifted % 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  var finding: Finding {
    let bound = "within \(Self.text(uncertainty))"
    if isPossiblyRight { return .ok("clock", "agrees with Discord's, \(bound)") }
    let values = ["offset": "\(Self.text(abs(offset))) \(offset > 0 ? "ahead of" : "behind")"]
    // A recording's own times do not come from this clock; certificates and dates do.
    return least > 30
      ? .fail("clock", .clockOff, values) : .warn("clock", .clockOff, values)
  }

  private static func text(_ seconds: Double) -> String {
    let tenths = Int((min(seconds, 1e12) * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) s"
  }
}
