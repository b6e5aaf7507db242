import DiscordREST
import FoundationEssentials
import Testing

@Suite("Times of Discord")
struct TimestampTests {
  @Test(
    "A time is read to the decimal, in every form that Discord writes",
    arguments: [
      ("1970-01-01T00:00:00Z", 0.0), ("2015-01-01T00:00:00+00:00", 1_420_070_400.0),
      ("2026-11-24T10:20:30.250000+00:00", 1_795_515_630.25),
      ("2026-11-24T10:20:30.250+01:00", 1_795_512_030.25),
      ("2026-11-24", 1_795_478_400.0), ("0001-01-01T00:00:00Z", -62_135_596_800.0),
    ])
  func parses(text: String, seconds: Double) throws {
    let date = try #require(Timestamp.parse(text))
    #expect(date.timeIntervalSince1970 == seconds)
  }

  @Test("A zone west of Greenwich is later in UTC")
  func zone() throws {
    let west = try #require(Timestamp.parse("2024-02-29T23:59:59-0530"))
    let utc = try #require(Timestamp.parse("2024-03-01T05:29:59Z"))
    #expect(west == utc)
  }

  @Test(
    "What is no time is refused",
    arguments: [
      "", "yesterday", "2026-13-01", "2026-00-10", "2026-11-24T10:20:30", "2026-11-24T24:00:00Z",
      "2026-11-24T10:20:30.Z", "2026-11-24T10:20:30.1234567890Z", "2026-11-24T10:20:30Zx",
      "2026-11-24 ", "２０２６-11-24", "2026-11-24T10:20:30+1", "-026-11-24",
    ])
  func refuses(text: String) {
    #expect(Timestamp.parse(text) == nil)
  }

  @Test("A time is written in UTC, and read back the same, over 9,998 years")
  func roundTrip() throws {
    for second in stride(from: -62_135_596_800.0, to: 253_402_300_000, by: 86_400 * 97 + 12_345) {
      let date = Date(timeIntervalSince1970: second)
      #expect(Timestamp.parse(Timestamp.text(date)) == date)
    }
    #expect(Timestamp.text(Date(timeIntervalSince1970: 1.5)) == "1970-01-01T00:00:01.500Z")
    #expect(Timestamp.text(Date(timeIntervalSince1970: -0.5)) == "1969-12-31T23:59:59.500Z")
    #expect(Timestamp.text(Date(timeIntervalSince1970: .infinity)).hasPrefix("9999-12-31"))
    #expect(Timestamp.minuteText(Date(timeIntervalSince1970: 0)) == "1970-01-01 00:00 UTC")
  }
}
