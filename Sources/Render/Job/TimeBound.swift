internal import CaptureLog

/// One end of the time range to render.
public enum TimeBound: Hashable, Sendable {
  /// Nanoseconds from the session's zero.
  case offset(nanoseconds: Int64)
  /// Nanoseconds since the Unix epoch, on the session clock.
  case moment(unixNanoseconds: Int64)

  /// Reads seconds (`90`, `90.5`), `HH:MM:SS` with an optional fraction, or ISO 8601 with a zone
  /// (`2026-11-24T09:00:02Z`).
  ///
  /// - Returns: nil when the text is none of them.
  public init?(_ text: String) {
    if let moment = UTCTime.unixNanoseconds(parsing: text) {
      self = .moment(unixNanoseconds: moment)
      return
    }
    var rest = Substring(text)
    let whole = rest.prefix { ($0.isASCII && $0.isNumber) || $0 == ":" }
    rest = rest.dropFirst(whole.count)
    var nanoseconds: Int64 = 0
    if rest.first == "." {
      rest.removeFirst()
      guard let fraction = UTCTime.fraction(of: &rest) else { return nil }
      nanoseconds = fraction
    }
    guard rest.isEmpty, let seconds = Self.seconds(whole) else { return nil }
    self = .offset(nanoseconds: seconds * 1_000_000_000 + nanoseconds)
  }

  private static func seconds(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    // A year of seconds is more than any session, and far from overflow.
    let limit: Int64 = 31_536_000
    if parts.count == 1 {
      guard let seconds = Int64(text), seconds <= limit else { return nil }
      return seconds
    }
    guard parts.count == 3, parts[1].count == 2, parts[2].count == 2,
      let hours = Int64(parts[0]), let minutes = Int64(parts[1]), let seconds = Int64(parts[2]),
      hours <= limit / 3600, minutes < 60, seconds < 60
    else { return nil }
    return hours * 3600 + minutes * 60 + seconds
  }

  /// The bound in nanoseconds from the session's zero.
  ///
  /// - Parameter zero: The session's zero in nanoseconds since the Unix epoch.
  package func offset(zero: Int64) -> Int64 {
    switch self {
    case .offset(let nanoseconds): nanoseconds
    case .moment(let moment): moment.subtractingReportingOverflow(zero).partialValue
    }
  }

  /// Always the same text for the same bound, however it was typed.
  package var canonicalText: String {
    switch self {
    case .moment(let moment): UTCTime.text(unixNanoseconds: moment, fractionDigits: 9)
    case .offset(let nanoseconds):
      String(nanoseconds / 1_000_000_000) + "."
        + String(String(1_000_000_000 + nanoseconds % 1_000_000_000).dropFirst())
    }
  }
}
