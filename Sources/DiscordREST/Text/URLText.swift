/// Texts within URLs.
enum URLText {
  /// The text as a segment of a path or a part of a query: everything but letters, digits and
  /// `-._~` percent-encoded (RFC 3986, section 2.3).
  static func queryEncoded(_ text: String) -> String {
    let hex = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { result, byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        result += ["%", hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      }
    }
  }
}
