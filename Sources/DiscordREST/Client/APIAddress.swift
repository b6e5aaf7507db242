/// An address that the client may talk to, taken apart no further than that needs.
package struct APIAddress: Hashable, Sendable {
  /// The address without a slash at its end.
  package let text: String
  /// Without port and brackets, in lower case.
  package let host: String
  /// Whether the host is this machine.
  package let isLoopback: Bool
  /// Whether it is spoken to with TLS.
  package let isSecure: Bool

  /// Reads an address.
  ///
  /// - Parameters:
  ///   - text: `https://host[:port][/path]`; `http://` only for a loopback host; no user, query or
  ///     fragment.
  ///   - subject: What the address is, for the error.
  ///   - takesQuery: Whether a query may follow.
  /// - Throws: `DiscordError` with kind `invalidArgument`.
  package init(
    _ text: String, subject: String = "the API's address", takesQuery: Bool = false
  ) throws(DiscordError) {
    func refused(_ reason: String) -> DiscordError {
      DiscordError(
        .invalidArgument, "\(subject) \(reason)",
        hint: "Use https://, as in https://discord.com/api/v10")
    }
    guard text.utf8.count <= 4096, text.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }),
      !text.contains(where: { "\\<>\"^`{}|#".contains($0) })
    else { throw refused("has characters that no address has") }
    isSecure = text.lowercased().hasPrefix("https://")
    guard isSecure || text.lowercased().hasPrefix("http://") else {
      throw refused("does not begin with https://")
    }
    let rest = text.dropFirst(isSecure ? 8 : 7)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    guard !authority.contains("@") else { throw refused("names a user") }
    let isQueried = rest.contains("?")
    guard takesQuery || !isQueried else { throw refused("has a query") }
    guard let host = Self.host(of: authority) else { throw refused("names no host") }
    self.host = host
    isLoopback = Self.isLoopback(host)
    guard isSecure || isLoopback else { throw refused("is not encrypted") }
    self.text = isQueried ? text : String(text.reversed().drop { $0 == "/" }.reversed())
  }

  private static func host(of authority: Substring) -> String? {
    var host = authority
    var port: Substring?
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      host = authority[authority.index(after: authority.startIndex)..<end]
      let rest = authority[authority.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
      port = rest.isEmpty ? nil : rest.dropFirst()
    } else if let colon = authority.firstIndex(of: ":") {
      host = authority[..<colon]
      port = authority[authority.index(after: colon)...]
    }
    if let port { guard let number = UInt16(port), number > 0 else { return nil } }
    let isName = host.utf8.allSatisfy { byte in
      UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
        || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":")].contains(byte)
    }
    return host.isEmpty || !isName ? nil : host.lowercased()
  }

  /// `localhost`, `::1`, or four numbers of which the first is 127; nothing shorter or in hex.
  static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { part in
        UInt8(part) != nil && (part == "0" || !part.hasPrefix("0")) && !part.hasPrefix("+")
      }
  }
}
