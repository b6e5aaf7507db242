internal import JSONValues
internal import Testing

@Suite struct ParsingTests {
  @Test(arguments: parsedValues)
  func values(text: String, value: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == value)
  }

  @Test(arguments: [
    "", " ", "nul", "nulll", "True", "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "NaN",
    "Infinity",
    "1e400", "-1e999999", "1 2", "[", "]", "[1", "[1,", "[1,]", "[,1]", "{", "}", "{\"a\"",
    "{\"a\":",
    "{\"a\":1", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "\"", "\"\\", "\"\\\"", "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12g4\"", "\"\\ud83d\\u12\"", "\"a\nb\"", "\"a\tb\"", "\"\0\"", "'a'", "//", "[1]x",
    "\u{FEFF}",
    "tru", "\u{0c}1",
  ])
  func refused(text: String) throws {
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xC0, 0x80, 0x22],
      [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0xFF, 0x22],
      [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D],
    ] as [[UInt8]])
  func textThatIsNotUTF8(bytes: [UInt8]) throws {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
    #expect(error?.code == .notUTF8)
  }

  @Test func nestingUpToTheLimitAndNotBeyond() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONValue(parsing: Array(nested(3).utf8), maximumDepth: 3)
    _ = try JSONValue(parsing: Array(nested(512).utf8))
    _ = try JSONValue(parsing: Array(nested(1024).utf8), maximumDepth: .max)
    for (depth, limit) in [(4, 3), (1, 0), (513, 512), (1025, .max)] {
      let error = #expect(throws: JSONError.self) {
        try JSONValue(parsing: Array(nested(depth).utf8), maximumDepth: limit)
      }
      #expect(error?.code == .tooDeep)
    }
    #expect(try JSONValue(parsing: [UInt8(ascii: "1")], maximumDepth: 0) == 1)
  }

  @Test(arguments: ["[", "{\"a\":", "[{\"a\":", "[[{\"é\":"])
  func tenThousandDeep(unit: String) throws {
    let open = String(repeating: unit, count: 10_000)
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: open + "1") }
    #expect(error?.code == .tooDeep)
  }

  @Test func tooManyBytes() throws {
    let error = #expect(throws: JSONError.self) {
      try JSONValue(parsing: Array("[1,2]".utf8), maximumBytes: 4)
    }
    #expect(error?.code == .tooLarge)
    #expect(try JSONValue(parsing: Array("[1,2]".utf8), maximumBytes: 5) == [1, 2])
  }

  @Test func collectionsWithoutContiguousStorage() throws {
    let bytes = Array("0[1,2]".utf8)
    #expect(try JSONValue(parsing: bytes.dropFirst()) == [1, 2])
    #expect(try JSONValue(parsing: bytes.dropFirst().lazy.map { $0 }) == [1, 2])
  }
}

private let parsedValues: [(String, JSONValue)] = [
  ("null", JSONValue.null), (" true\n", true), ("false", false), ("0", 0), ("-0", 0), ("12", 12),
  ("-9223372036854775808", .integer(.min)), ("9223372036854775807", .integer(.max)),
  ("9223372036854775808", .number(9_223_372_036_854_775_808)),
  ("18446744073709551615", .number(18_446_744_073_709_551_616)),
  ("1.5", 1.5), ("-2.5E-1", -0.25), ("1e3", .number(1000)), ("1.0", .number(1)),
  ("1e-400", .number(0)), ("\"\"", ""), ("[]", []), ("{}", [:]),
  ("[1,[2],{\"a\":null}]", [1, [2], ["a": nil]]),
  ("{\"a\":1,\"b\":{\"c\":[]}}", ["a": 1, "b": ["c": []]]),
  // A key written twice: the last value stays.
  ("{\"a\":1,\"a\":2}", ["a": 2]),
  (#""\u00e9\n\t\r\b\f\/\\\"""#, "é\n\t\r\u{8}\u{c}/\\\""),
  (#""\ud83d\ude00 \uD83D\uDE00""#, "😀 😀"),
  // Surrogates without a partner, in every order.
  (#""\ud83d""#, "\u{FFFD}"), (#""\ude00x""#, "\u{FFFD}x"), (#""\ud83d\n""#, "\u{FFFD}\n"),
  (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
  (#""\u0000""#, "\0"), ("\"\u{7f}\u{2028}é\"", "\u{7f}\u{2028}é"), ("\u{FEFF}1", 1),
]
