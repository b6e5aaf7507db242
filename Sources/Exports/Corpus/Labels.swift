internal import VoiceCrypto

/// The names that speakers and sessions have in an export.
///
/// Only `a-z`, `0-9`, `_` and `.`: readers split at blanks, take `NA` for a missing value, keep a
/// hyphen for joining names (Kaldi wants the speaker as the beginning of an utterance's id, in the same
/// order), and Hugging Face takes words such as "test" in a file's name for a split.
struct Labels {
  private let key: SecretBytes?

  /// - Parameter pseudonymKey: With it names are HMAC-SHA-256 of the ids under this key, of which 64
  ///   bits are kept: the same speaker has the same name in every export with that key, and without
  ///   the key nobody can tell whose it is.
  init(pseudonymKey: [UInt8]?) {
    key = pseudonymKey.map { SecretBytes($0) }
  }

  /// Of a session: the capture's id.
  func session(_ captureID: String) -> String {
    if let name = pseudonym("session", captureID) { return "s" + name }
    return Self.plain(captureID)
  }

  /// Of a speaker: the user's id; somebody never learned is of one session only.
  ///
  /// - Parameters:
  ///   - user: The user's id, nil for somebody never learned.
  ///   - track: The track's name in the render, such as `ssrc-4711`.
  func speaker(user: String?, track: String, captureID: String) -> String {
    if let user {
      if let name = pseudonym("user", user) { return "p" + name }
      return Self.plain(user)
    }
    if let name = pseudonym("track", captureID + "\u{0}" + track) { return "p" + name }
    return Self.plain(track.replacing("-", with: "")) + "." + Self.plain(captureID)
  }

  private func pseudonym(_ kind: String, _ id: String) -> String? {
    guard let key else { return nil }
    let message = Array((kind + "\u{0}" + id).utf8)
    let digest = hmacSHA256(key: key, message: message.span, length: 8)
    return digest.withSpan { hexadecimal($0) }
  }

  private static func plain(_ id: String) -> String {
    let bytes = id.utf8.map { byte -> UInt8 in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 32
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"), UInt8(ascii: "."):
        byte
      default: UInt8(ascii: "_")
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
