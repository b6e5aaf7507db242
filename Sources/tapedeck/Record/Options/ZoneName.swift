internal import ArgumentParser
internal import Foundation

/// A time zone by its name in the IANA database, `Europe/Berlin`; or `UTC`.
struct ZoneName: ExpressibleByArgument {
  private let zone: TimeZone

  init?(argument: String) {
    // Foundation takes some abbreviations for zones, which mean different things to people.
    guard argument == "UTC" || argument.contains("/"), let zone = TimeZone(identifier: argument)
    else { return nil }
    self.zone = zone
  }

  /// The machine's.
  init() { zone = .current }

  /// Seconds that local time is ahead of UTC at a moment, given in seconds since the Unix epoch.
  func offset(at moment: Int64) -> Int64 {
    Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment))))
  }
}
