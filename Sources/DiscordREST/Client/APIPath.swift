/// Puts the address of a call together.
package enum APIPath {
  /// The path with its query.
  ///
  /// - Throws: `DiscordError` with kind `invalidArgument` for a path that could lead elsewhere.
  static func target(
    _ path: String, query: [(String, String?)]
  ) throws(DiscordError) -> String {
    let hint = "A path begins with / and has no query; percent-encode what is not a plain word"
    let bytes = Array(path.utf8)
    guard path.hasPrefix("/"), bytes.count <= 2048 else {
      throw DiscordError(.invalidArgument, "the path does not begin with /", hint: hint)
    }
    guard bytes.allSatisfy({ isPathByte($0) }), isWellEncoded(bytes) else {
      throw DiscordError(
        .invalidArgument, "the path has characters that no path has", hint: hint)
    }
    // "..", also encoded, would leave the API's path, and with it the token's destination.
    let plain = path.lowercased().replacing("%2e", with: ".")
    let parts = plain.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }),
      !plain.contains("%2f"), !plain.contains("%5c")
    else {
      throw DiscordError(.invalidArgument, "the path has an empty part or leads up", hint: hint)
    }
    let items = query.compactMap { name, value in
      value.map { encoded(name) + "=" + encoded($0) }
    }
    return items.isEmpty ? path : path + "?" + items.joined(separator: "&")
  }

  /// Text percent-encoded as one part of a path or query (RFC 3986, unreserved characters stay).
  package static func encoded(_ text: String) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if isUnreserved(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~".utf8.contains(byte)
    }
  }

  private static func isPathByte(_ byte: UInt8) -> Bool {
    isUnreserved(byte) || "/%:@!$&'()*+,;=".utf8.contains(byte)
  }

  /// Whether two hexadecimal digits follow each percent sign, and no control character is meant.
  private static func isWellEncoded(_ bytes: [UInt8]) -> Bool {
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "%") {
      guard index + 2 < bytes.count,
        let value = UInt8(
          String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16),
        value >= 0x20, value != 0x7F, bytes[index + 1] != UInt8(ascii: "+")
      else { return false }
    }
    return true
  }
}
