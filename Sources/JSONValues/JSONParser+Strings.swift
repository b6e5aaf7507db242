extension JSONParser {
  mutating func string() throws(JSONError) -> String {
    offset += 1
    let start = offset
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\""):
        let text = try utf8(UnsafeBufferPointer(rebasing: bytes[start..<offset]))
        offset += 1
        return text
      case UInt8(ascii: "\\"): return try escapedString(from: start)
      case 0..<0x20: throw malformed("a control character in a string")
      default: offset += 1
      }
    }
    throw malformed("a string is not closed")
  }

  mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var unescaped = [UInt8](bytes[start..<offset])
    while let byte = peek() {
      offset += 1
      switch byte {
      case UInt8(ascii: "\""): return try utf8(unescaped)
      case UInt8(ascii: "\\"): unescaped += try escape()
      case 0..<0x20: throw malformed("a control character in a string")
      default: unescaped.append(byte)
      }
    }
    throw malformed("a string is not closed")
  }

  mutating func escape() throws(JSONError) -> [UInt8] {
    guard let byte = peek() else { throw malformed("a string is not closed") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(Character(try unicodeEscape())).utf8)
    default: throw malformed("an unknown escape in a string")
    }
  }

  mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let unit = try hexDigits()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    // A surrogate: of a pair if the second half follows, else nothing that a string can hold.
    let next = offset
    if unit < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
      let second = try hexDigits()
      if (0xDC00...0xDFFF).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00))
      {
        return scalar
      }
    }
    offset = next
    return "\u{FFFD}"
  }

  mutating func hexDigits() throws(JSONError) -> UInt32 {
    guard offset + 4 <= bytes.count else { throw malformed("an escape is cut short") }
    var value: UInt32 = 0
    for byte in bytes[offset..<(offset + 4)] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw malformed("an escape is not hexadecimal")
      }
      value = value << 4 | UInt32(digit)
    }
    offset += 4
    return value
  }

  func utf8(_ bytes: some Collection<UInt8>) throws(JSONError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw JSONError(.notUTF8, offset: offset, "a string is not UTF-8")
    }
    return text
  }
}
