/// The address of Discord's API, or of a simulator.
struct APIBase: Equatable {
  static let discord = "https://discord.com/api/v10"

  /// Without a slash at its end.
  let url: String
  let host: String
  /// Whether it is this machine, which may be spoken to without TLS.
  let isLoopback: Bool

  /// - Throws: 64 for what is no address of an API with its version, or plain HTTP to elsewhere.
  init(_ text: String) throws(CommandFailure) {
    var url = text.trimmed
    while url.hasSuffix("/") { url.removeLast() }
    guard let separator = url.firstRange(of: "://") else { throw Self.failure(text) }
    let scheme = url[..<separator.lowerBound].lowercased()
    let rest = url[separator.upperBound...]
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let (authority, path) = (rest[..<slash], rest[slash...])
    guard ["https", "http"].contains(scheme), Self.isAuthority(authority),
      Self.hasVersion(path)
    else { throw Self.failure(text) }
    host = Self.host(of: authority)
    isLoopback = Self.isLoopback(host)
    self.url = url
    guard scheme == "https" || isLoopback else {
      throw CommandFailure(
        .usage, "--api-base \(Terminal.escaped(text, limit: 120)) would send the token unencrypted",
        hint: "plain http is only for a simulator on this machine (127.0.0.1, ::1, localhost)")
    }
  }

  private static func failure(_ text: String) -> CommandFailure {
    CommandFailure(
      .usage, "--api-base \(Terminal.escaped(text, limit: 120)) is no address of an API",
      hint: "it needs the version too, as in \(discord)")
  }

  /// Letters, digits and what a host and port consist of; no user, no escapes.
  private static func isAuthority(_ text: Substring) -> Bool {
    let end = text.firstIndex(of: "]") ?? text.startIndex
    if let colon = text[end...].firstIndex(of: ":") {
      let port = text[text.index(after: colon)...]
      guard port.allSatisfy({ $0.isASCII && $0.isNumber }), (UInt16(port) ?? 0) > 0 else {
        return false
      }
    }
    return !text.isEmpty
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
          || ".-:[]".utf8.contains(byte)
      }
  }

  /// `/api/v10`, or anything that ends in a version.
  private static func hasVersion(_ path: Substring) -> Bool {
    guard let last = path.split(separator: "/").last, last.first == "v" else { return false }
    return last.count > 1 && last.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
      && path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3F && $0 != 0x23 }
  }

  private static func host(of authority: Substring) -> String {
    if authority.first == "[", let end = authority.firstIndex(of: "]") {
      return String(authority[authority.index(after: authority.startIndex)..<end]).lowercased()
    }
    return authority.prefix { $0 != ":" }.lowercased()
  }

  private static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
