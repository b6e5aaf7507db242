import Testing

@testable import Render

@Suite struct TimeBoundTests {
  @Test(arguments: [
    ("0", 0), ("90", 90_000_000_000), ("90.5", 90_500_000_000), ("0.000000001", 1),
    ("00:01:30", 90_000_000_000), ("1:00:00.25", 3_600_250_000_000),
    ("100:59:59", 363_599_000_000_000),
  ])
  func offsets(text: String, nanoseconds: Int64) {
    #expect(TimeBound(text) == .offset(nanoseconds: nanoseconds))
  }

  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0),
    ("2026-11-24T09:00:02Z", 1_795_510_802_000_000_000),
    ("2026-11-24T10:00:02.125+01:00", 1_795_510_802_125_000_000),
    ("2026-11-24T03:30:02-05:30", 1_795_510_802_000_000_000),
  ])
  func moments(text: String, nanoseconds: Int64) {
    #expect(TimeBound(text) == .moment(unixNanoseconds: nanoseconds))
  }

  @Test(arguments: [
    "", "-1", "1.", ".5", "1:30", "00:60:00", "00:00:60", "1e3", "inf", "٣", "99999999999999999999",
    "2026-11-24", "2026-11-24T09:00:02", "2026-02-30T00:00:00Z", "2026-11-24T24:00:00Z",
    "00:00:00:00", "12:3:4", "1 ", "2026-11-24T09:00:02Z ",
  ])
  func anythingElseIsRefused(text: String) {
    #expect(TimeBound(text) == nil)
  }

  @Test func theSameBoundIsTheSameTextHoweverTyped() {
    #expect(TimeBound("90")?.canonicalText == TimeBound("00:01:30.0")?.canonicalText)
    #expect(TimeBound("90")?.canonicalText == "90.000000000")
    #expect(TimeBound("0.05")?.canonicalText == "0.050000000")
    #expect(
      TimeBound("2026-11-24T10:00:02+01:00")?.canonicalText == "2026-11-24T09:00:02.000000000Z")
  }

  @Test func rangesAreClampedToTheSession() throws {
    var options = RenderOptions()
    options.from = TimeBound("10")
    options.to = TimeBound("99")
    let range = try RenderRange(options: options, zero: 1_000, end: 30_000_001_000)
    #expect(range == RenderRange(from: 10_000_000_000, to: 30_000_000_000))
    #expect(range.samples(rate: 16_000) == 320_000)
    #expect(range.sample(at: 10_500_000_000, rate: 16_000) == 8_000)
  }

  @Test func momentsCountFromTheSessionsZero() throws {
    var options = RenderOptions()
    options.from = .moment(unixNanoseconds: 5_000_000_000)
    let range = try RenderRange(options: options, zero: 2_000_000_000, end: 9_000_000_000)
    #expect(range == RenderRange(from: 3_000_000_000, to: 7_000_000_000))
  }

  @Test func anEmptyRangeIsAUsageError() {
    var options = RenderOptions()
    options.from = TimeBound("20")
    options.to = TimeBound("10")
    #expect {
      try RenderRange(options: options, zero: 0, end: 30_000_000_000)
    } throws: { ($0 as? RenderError)?.code == .usage }
    options.to = nil
    #expect(throws: RenderError.self) {
      try RenderRange(options: options, zero: 0, end: 10_000_000_000)
    }
  }

  @Test func anEmptySessionIsNoError() throws {
    let range = try RenderRange(options: RenderOptions(), zero: 10, end: 0)
    #expect(range.samples(rate: 48_000) == 0)
  }

  @Test func yearsDoNotOverflow() {
    #expect(RenderRange.samples(.max, rate: 48_000) == 442_721_857_769_029)
    #expect(RenderRange.samples(-1, rate: 48_000) == 0)
  }
}
