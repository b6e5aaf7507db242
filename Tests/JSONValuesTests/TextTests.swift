internal import FoundationEssentials
internal import JSONValues
internal import TestSupport
internal import Testing

@Suite struct TextTests {
  @Test func keysAreSorted() {
    let value: JSONValue = ["b": [1, 2.5, nil, true], "a": ["é": "x\"\\\n\u{1}/"], "": []]
    #expect(value.text() == #"{"":[],"a":{"é":"x\"\\\n\u0001/"},"b":[1,2.5,null,true]}"#)
    #expect(Array(value.text().utf8) == value.bytes)
  }

  @Test func pretty() {
    let value: JSONValue = ["a": [1, [:]], "b": []]
    #expect(
      value.text(pretty: true) == """
        {
          "a": [
            1,
            {}
          ],
          "b": []
        }
        """)
  }

  @Test func whatJSONCannotSayIsNull() {
    #expect(([.number(.infinity), .number(.nan)] as JSONValue).text() == "[null,null]")
  }

  /// What is written is read back the same, and Foundation reads the same out of it.
  @Test func randomValuesComeBack() throws {
    var random = SplitMix64(seed: 1)
    for _ in 0..<300 {
      let value = Self.value(&random, depth: 0)
      for text in [value.text(), value.text(pretty: true)] {
        #expect(try JSONValue(parsing: text) == value)
        let foundation = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        #expect(Self.plain(foundation) == Self.plain(value))
      }
    }
  }

  /// Foundation's `1.0` is an integer.
  static func plain(_ value: JSONValue) -> JSONValue {
    switch value {
    case .number: value.integer.map { .integer($0) } ?? value
    case .array(let elements): .array(elements.map(plain))
    case .object(let members): .object(members.mapValues(plain))
    default: value
    }
  }

  static func value(_ random: inout SplitMix64, depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth < 4 ? 8 : 6), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .integer(Int64.random(in: .min ... .max, using: &random))
    case 3: return .number(Double.random(in: -1e9...1e9, using: &random))
    case 4: return .integer(Int64.random(in: -9...9, using: &random))
    case 5: return .string(string(&random))
    case 6:
      return .array(
        (0..<Int.random(in: 0..<5, using: &random)).map { _ in value(&random, depth: depth + 1) })
    default:
      var members: [String: JSONValue] = [:]
      for _ in 0..<Int.random(in: 0..<5, using: &random) {
        members[string(&random)] = value(&random, depth: depth + 1)
      }
      return .object(members)
    }
  }

  static func string(_ random: inout SplitMix64) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0..<8, using: &random) {
      let range: ClosedRange<UInt32> = Bool.random(using: &random) ? 0...0x7F : 0...0x10FFFF
      if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  @Test("What a terminal would act on is escaped, and comes back the same")
  func harmless() throws {
    let pairs: [(String, String)] = [
      ("\u{9B}2J", #"\u009b2J"#), ("\u{90}q\u{9C}", #"\u0090q\u009c"#), ("\u{85}", #"\u0085"#),
      ("\u{7F}", #"\u007f"#), ("\u{1B}[2J", #"\u001b[2J"#), ("\u{2028}", #"\u2028"#),
      ("\u{202E}x\u{2066}", #"\u202ex\u2066"#), ("\u{FEFF}\u{61C}", #"\ufeff\u061c"#),
      ("é😀\u{A0}", "é😀\u{A0}"),
    ]
    for (plain, written) in pairs {
      let value: JSONValue = [plain: .string(plain)]
      #expect(value.text() == "{\"\(written)\":\"\(written)\"}")
      #expect(try JSONValue(parsing: value.bytes) == value)
    }
  }
}
