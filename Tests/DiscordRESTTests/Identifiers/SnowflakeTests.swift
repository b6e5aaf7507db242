internal import DiscordREST
internal import FoundationEssentials
internal import JSONValues
internal import Testing

@Suite struct SnowflakeTests {
  /// The example of Discord's documentation.
  @Test func theTimeOfAnId() {
    let id: Snowflake = 175_928_847_299_117_063
    #expect(abs(id.date.timeIntervalSince1970 - 1_462_015_105.796) < 0.0005)
    #expect(Snowflake(date: id.date).rawValue == (id.rawValue >> 22) << 22)
  }

  @Test func everyMillisecondComesBack() {
    for milliseconds in stride(from: UInt64(0), to: 1 << 41, by: 987_654_321) {
      let id = Snowflake(milliseconds << 22)
      #expect(Snowflake(date: id.date) == id)
    }
  }

  @Test func datesThatNoIdHasSaturate() {
    #expect(Snowflake(date: Date(timeIntervalSince1970: 0)) == 0)
    #expect(Snowflake(date: .distantPast) == 0)
    #expect(Snowflake(date: Date(timeIntervalSince1970: 1e300)) == Snowflake(.max))
    #expect(Snowflake(date: Date(timeIntervalSince1970: .nan)) == 0)
  }

  @Test(arguments: [
    "", "+1", "-1", " 1", "1 ", "0x1", "18446744073709551616", "000000000000000000001", "١", "1_0",
  ])
  func whatIsNoId(text: String) {
    #expect(Snowflake(text) == nil)
    #expect(ID<Guild>(text) == nil)
  }

  @Test func json() throws {
    #expect(Snowflake(json: "12") == 12)
    #expect(Snowflake(json: 12) == 12)
    #expect(Snowflake(json: -1) == nil)
    #expect(Snowflake(json: nil) == nil)
    #expect(Snowflake(json: 1.5) == nil)
    #expect(Snowflake(.max).json == "18446744073709551615")
    let decoded = try JSONDecoder().decode([Snowflake].self, from: Data(#"["12",13]"#.utf8))
    #expect(decoded == [12, 13])
    #expect(String(decoding: try JSONEncoder().encode(decoded), as: UTF8.self) == #"["12","13"]"#)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Snowflake].self, from: Data(#"["x"]"#.utf8))
    }
  }
}
