/// Where a client connects to: the parts of a `ws` or `wss` URL (RFC 6455 section 3).
struct WebSocketURL: Equatable {
  let isSecure: Bool
  /// A name or an address; that of IPv6 without brackets.
  let host: String
  let port: Int
  /// Path and query, as sent.
  let target: String

  /// What the Host header says.
  var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
  }

  init(parsing text: String) throws(WebSocketError) {
    guard let parts = Self.split(text) else {
      throw WebSocketError(
        .invalidURL,
        "not the URL of a WebSocket (like wss://host/path): \(text.prefix(200).debugDescription)")
    }
    self = parts
  }

  private init(isSecure: Bool, host: String, port: Int, target: String) {
    self.isSecure = isSecure
    self.host = host
    self.port = port
    self.target = target
  }

  private static func split(_ text: String) -> WebSocketURL? {
    // Nothing that could end a line of the request, nor what URLs must have encoded.
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }), !text.contains("#") else {
      return nil
    }
    let lowered = text.lowercased()
    let isSecure = lowered.hasPrefix("wss://")
    guard isSecure || lowered.hasPrefix("ws://") else { return nil }
    let rest = text.dropFirst(isSecure ? 6 : 5)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    var target = String(rest.dropFirst(authority.count))
    if !target.hasPrefix("/") { target = "/" + target }

    guard !authority.contains("@") else { return nil }
    let host: Substring
    let after: Substring
    if authority.hasPrefix("[") {
      host = authority.dropFirst().prefix { $0 != "]" }
      guard authority.dropFirst(host.count + 1).first == "]" else { return nil }
      guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
        return nil
      }
      after = authority.dropFirst(host.count + 2)
    } else {
      host = authority.prefix { $0 != ":" }
      guard host.allSatisfy({ $0.isLetter || $0.isNumber || "-._~".contains($0) }) else {
        return nil
      }
      after = authority.dropFirst(host.count)
    }
    guard !host.isEmpty, host.count <= 253 else { return nil }
    var port = isSecure ? 443 : 80
    if after.hasPrefix(":") {
      let digits = after.dropFirst()
      guard digits.allSatisfy(\.isNumber), let number = UInt16(digits), number > 0 else {
        return nil
      }
      port = Int(number)
    } else if !after.isEmpty {
      return nil
    }
    return WebSocketURL(isSecure: isSecure, host: String(host), port: port, target: target)
  }
}
