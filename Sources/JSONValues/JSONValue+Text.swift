extension JSONValue {
  /// The value as JSON text: keys sorted, so that the same value is always the same text.
  ///
  /// Infinities and NaN, which JSON cannot say, become `null`. Characters that a terminal would act
  /// on are written as `\u` and their number, so that the text can be shown.
  ///
  /// - Parameter pretty: With line breaks and indented by two spaces, for people.
  public func text(pretty: Bool = false) -> String {
    var writer = JSONWriter(pretty: pretty)
    writer.write(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// The value as JSON text on one line, in UTF-8: keys sorted.
  public var bytes: [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.write(self)
    return writer.bytes
  }
}

/// Writes JSON text.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  private let pretty: Bool
  private var level = 0

  init(pretty: Bool) { self.pretty = pretty }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .integer(let value): append(String(value))
    case .number(let value): append(value.isFinite ? String(value) : "null")
    case .string(let value): write(value)
    case .array(let elements):
      write(elements, between: ("[", "]")) { writer, element in writer.write(element) }
    case .object(let members):
      let sorted = members.sorted { $0.key < $1.key }
      write(sorted, between: ("{", "}")) { writer, member in
        writer.write(member.key)
        writer.append(writer.pretty ? ": " : ":")
        writer.write(member.value)
      }
    }
  }

  private mutating func write<Element>(
    _ elements: [Element], between brackets: (open: String, close: String),
    _ body: (inout JSONWriter, Element) -> Void
  ) {
    append(brackets.open)
    level += 1
    for (index, element) in elements.enumerated() {
      if index > 0 { append(",") }
      breakLine()
      body(&self, element)
    }
    level -= 1
    if !elements.isEmpty { breakLine() }
    append(brackets.close)
  }

  private mutating func write(_ string: String) {
    bytes.append(UInt8(ascii: "\""))
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"", "\\": bytes += [UInt8(ascii: "\\"), UInt8(truncatingIfNeeded: scalar.value)]
      case "\n": append("\\n")
      case "\r": append("\\r")
      case "\t": append("\\t")
      case _ where scalar.value >= 0x20 && scalar.value < 0x7F:
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      case _ where Self.isEscaped(scalar.value):
        let digits = String(scalar.value, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
      default: bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// What RFC 8259 wants escaped (below 0x20), and what a terminal would act on if the text were
  /// shown there (CWE-150): the other control characters, separators of lines, and whatever changes
  /// the direction of text. To a parser it is the same.
  private static func isEscaped(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF:
      true
    default: false
    }
  }

  private mutating func breakLine() {
    guard pretty else { return }
    append("\n" + String(repeating: "  ", count: level))
  }

  private mutating func append(_ text: String) { bytes += text.utf8 }
}
