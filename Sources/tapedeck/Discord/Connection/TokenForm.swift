internal import FoundationEssentials

/// What a pasted text is, by its form: people paste the wrong field of the developer portal.
///
/// A bot's token has three parts: the application's id in Base64, a time, and a code that only
/// Discord can check (Discord's documentation, page Reference, Authentication).
enum TokenForm: Equatable {
  case token(hasPrefix: Bool)
  case empty, clientSecret, publicKey, applicationID, other

  init(_ pasted: String) {
    let text = Self.trimmed(pasted)
    let bare = Self.withoutPrefix(text)
    if bare.isEmpty {
      self = .empty
    } else if Self.isToken(bare) {
      self = .token(hasPrefix: bare != text)
    } else if bare.utf8.count == 64, bare.utf8.allSatisfy(Self.isHex) {
      self = .publicKey
    } else if (15...20).contains(bare.utf8.count), bare.utf8.allSatisfy(Self.isDigit) {
      self = .applicationID
    } else if bare.utf8.count == 32, bare.utf8.allSatisfy(Self.isBase64) {
      self = .clientSecret
    } else {
      self = .other
    }
  }

  /// The failure that the form stands for; nil for a token.
  var failure: FirstHourFailure? {
    switch self {
    case .token: nil
    case .empty: .noToken
    case .clientSecret: .clientSecret
    case .publicKey: .publicKey
    case .applicationID: .applicationID
    case .other: .notAToken
    }
  }

  /// The token without blanks around it and without "Bot " or quotes.
  static func bare(_ pasted: String) -> String { withoutPrefix(trimmed(pasted)) }

  /// The application's id, which is the first part of the token.
  static func applicationID(of token: String) -> String? {
    guard let first = bare(token).split(separator: ".").first else { return nil }
    var text = String(first).replacing("-", with: "+").replacing("_", with: "/")
    while text.utf8.count % 4 != 0 { text += "=" }
    guard let data = Data(base64Encoded: text), (1...20).contains(data.count),
      data.allSatisfy(isDigit)
    else { return nil }
    return String(decoding: data, as: UTF8.self)
  }

  private static func trimmed(_ text: String) -> String {
    let blank = { (scalar: Unicode.Scalar) in
      scalar.properties.isWhitespace || "\"'".contains(Character(scalar))
    }
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !blank($0) }),
      let last = scalars.lastIndex(where: { !blank($0) })
    else { return "" }
    return String(scalars[first...last])
  }

  private static func withoutPrefix(_ text: String) -> String {
    guard text.utf8.count > 4, text.prefix(3).lowercased() == "bot" else { return text }
    let rest = text.dropFirst(3)
    guard let next = rest.first, next.isWhitespace || next == ":" else { return text }
    return trimmed(String(rest.dropFirst()))
  }

  private static func isToken(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 3 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isBase64) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isHex(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x61...0x66).contains(byte | 0x20)
  }
  private static func isBase64(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2D || byte == 0x5F
  }
}
