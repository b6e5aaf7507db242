import Testing

@testable import tapedeck

@Suite struct EndTimeTests {
  /// 2026-11-24T14:00:00Z.
  private static let now: Int64 = 1_795_528_800

  @Test(
    arguments: [
      ("17:00", "UTC", 3 * 3600), ("14:00", "UTC", 86_400), ("14:00:01", "UTC", 1),
      ("17:00", "Europe/Berlin", 2 * 3600), ("24:00", "UTC", 10 * 3600),
      ("00:30", "Asia/Kolkata", 5 * 3600), ("2026-11-24T17:00:00+01:00", "UTC", 2 * 3600),
      ("9:05", "America/New_York", 5 * 60),
    ] as [(String, String, Int64)])
  func isTheNextSuchTime(text: String, zone: String, seconds: Int64) throws {
    let time = try #require(EndTime(argument: text))
    let zone = try #require(ZoneName(argument: zone))
    #expect(time.moment(after: Self.now, offset: zone.offset(at:)) == Self.now + seconds)
  }

  @Test func momentsThatAreOverAreNone() throws {
    let time = try #require(EndTime(argument: "2026-11-24T13:59:59Z"))
    #expect(time.moment(after: Self.now) { _ in 0 } == nil)
  }

  @Test(arguments: [
    "", "17", "17:60", "25:00", "24:01", "-1:00", "1:2:3:4", "17:00Z", "a:b", "2026-11-24", "17:",
    ":17", "017:00", "1e1:00",
  ])
  func otherTextsAreNone(text: String) {
    #expect(EndTime(argument: text) == nil)
  }

  @Test(arguments: ["CET", "Mars/Olympus", "", "../etc/passwd", "+01:00"])
  func unknownZonesAreNone(name: String) {
    #expect(ZoneName(argument: name) == nil)
  }

  @Test func summerTimeBeginsAndEnds() throws {
    let berlin = try #require(ZoneName(argument: "Europe/Berlin"))
    // 2027-03-28: at 01:00Z local time goes from 02:00 to 03:00.
    let spring: Int64 = 1_806_192_000
    let missing = try #require(EndTime(argument: "02:30"))
    #expect(missing.moment(after: spring, offset: berlin.offset(at:)) == spring + 5400)
    let after = try #require(EndTime(argument: "04:00"))
    #expect(after.moment(after: spring, offset: berlin.offset(at:)) == spring + 7200)
    // 2026-10-25: at 01:00Z local time goes back from 03:00 to 02:00.
    let autumn: Int64 = 1_792_886_400
    let again = try #require(EndTime(argument: "04:00"))
    #expect(again.moment(after: autumn, offset: berlin.offset(at:)) == autumn + 3 * 3600)
  }
}
