/// The addresses that may be connected to.
///
/// A gateway's address comes over the network, so that a forged one could lead the bot token
/// anywhere: only `wss` to hosts under `discord.gg`, and, when the REST API itself is on this host
/// (the simulator), `ws` or `wss` to this host.
package enum GatewayURL {
  /// Discord's gateway, for when the REST API cannot be asked.
  package static let fallback = "wss://gateway.discord.gg"

  /// The address with the version and encoding that this library speaks, or nil when it is none
  /// that may be connected to.
  package static func connecting(to url: String, allowsLoopback: Bool) -> String? {
    guard url.utf8.count <= 2048, let (scheme, rest) = split(url, at: "://") else { return nil }
    let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
    guard let (host, port) = hostAndPort(rest[..<end]) else { return nil }
    switch scheme.lowercased() {
    case "wss" where isDiscord(host): break
    case "ws" where allowsLoopback && isLoopback(host): break
    case "wss" where allowsLoopback && isLoopback(host): break
    default: return nil
    }
    let path = rest[end...].prefix { $0 != "?" && $0 != "#" }
    guard path.utf8.allSatisfy(isPathByte) else { return nil }
    let address = "\(scheme.lowercased())://\(host)\(port.map { ":\($0)" } ?? "")"
    return "\(address)\(path.isEmpty ? "/" : path)?v=10&encoding=json"
  }

  /// Whether the REST API at `baseURL` is on this host.
  package static func isLoopback(baseURL: String) -> Bool {
    guard let (_, rest) = split(baseURL, at: "://") else { return false }
    let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
    guard let (host, _) = hostAndPort(rest[..<end]) else { return false }
    return isLoopback(host)
  }

  private static func split(_ text: String, at mark: String) -> (Substring, Substring)? {
    let marks = Array(mark)
    var index = text.startIndex
    while index < text.endIndex {
      if text[index...].starts(with: marks) {
        return (text[..<index], text[text.index(index, offsetBy: marks.count)...])
      }
      index = text.index(after: index)
    }
    return nil
  }

  /// No user information, no blanks, no escapes, no trailing dot, no internationalised names.
  package static func hostAndPort(_ authority: Substring) -> (String, Int?)? {
    var host = authority
    var port: Int?
    let bracket = authority.lastIndex(of: "]")
    if let colon = authority.lastIndex(of: ":"), bracket.map({ $0 < colon }) ?? true {
      let digits = authority[authority.index(after: colon)...]
      guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy(isDigit),
        let number = Int(digits), (1...65535).contains(number)
      else { return nil }
      port = number
      host = authority[..<colon]
    }
    if host == "[::1]" { return ("[::1]", port) }
    guard !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy(isHostByte),
      host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty })
    else { return nil }
    return (host.lowercased(), port)
  }

  private static func isDiscord(_ host: String) -> Bool { host.hasSuffix(".discord.gg") }

  /// Whether a host, as ``hostAndPort(_:)`` gives it, is this one.
  package static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { part in
        // No octal (a leading zero), no short and no hexadecimal forms.
        part.utf8.allSatisfy(isDigit) && part.count <= 3 && String(Int(part) ?? 256) == part
          && (Int(part) ?? 256) <= 255
      }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }

  private static func isPathByte(_ byte: UInt8) -> Bool {
    isHostByte(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "_")
  }
}
