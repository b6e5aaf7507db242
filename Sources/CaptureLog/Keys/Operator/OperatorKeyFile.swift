internal import SystemPackage
internal import VoiceCrypto

/// The text of key files: one line of a format name, the key in Base64, and a name.
///
///     tapedeck-key-1 q83v…= laptop of the operator      (private, `<id>.key`)
///     tapedeck-pub-1 Zm9v…= laptop of the operator      (public, `<id>.pub`)
enum OperatorKeyFile {
  static let privateFormat = "tapedeck-key-1"
  static let publicFormat = "tapedeck-pub-1"
  /// Far more than a key and its name take.
  static let maximumSize = 4096
  /// Characters of a name.
  private static let longestName = 64

  static func privateText(_ key: OperatorKey) -> SecretBytes {
    var text = [UInt8]()
    text.reserveCapacity(maximumSize)
    text += [UInt8]((privateFormat + " ").utf8)
    Base64.encode(key.pair.secretKey).withSpan { digits in
      for index in 0..<digits.count { text.append(digits[index]) }
    }
    text += nameText(key.publicKey.name)
    defer { wipe(&text) }
    return SecretBytes(text)
  }

  static func publicText(_ key: OperatorPublicKey) -> [UInt8] {
    let digits = Base64.encode(SecretBytes(key.bytes)).copy()
    return [UInt8]((publicFormat + " ").utf8) + digits + nameText(key.name)
  }

  private static func nameText(_ name: String) -> [UInt8] {
    [UInt8]((name.isEmpty ? "\n" : " " + name + "\n").utf8)
  }

  /// The name when it can stand in a key file: printable, on one line, 64 characters at most.
  static func checkedName(_ name: String) throws(CaptureError) -> String {
    let isPrintable = name.unicodeScalars.allSatisfy {
      !(0..<0x20).contains($0.value) && !(0x7F..<0xA0).contains($0.value)
        && $0.properties.generalCategory != .format
        && $0.properties.generalCategory != .lineSeparator
        && $0.properties.generalCategory != .paragraphSeparator
    }
    guard isPrintable, name.count <= longestName, name.utf8.count <= 4 * longestName else {
      throw CaptureError(
        .invalid, "a key's name is one line of at most \(longestName) printable characters")
    }
    return name
  }

  /// Reads a private key.
  ///
  /// - Throws: `.badKey` for anything else, `.unsupportedVersion` for a later format.
  static func parsePrivate(
    _ text: Span<UInt8>, path: FilePath, source: OperatorKey.Source
  ) throws(CaptureError) -> OperatorKey {
    let (secret, name) = try parse(text, format: privateFormat, path: path)
    guard let pair = try? BoxKeyPair(secretKey: secret) else {
      throw CaptureError(.badKey, "\(path) holds no private key of 32 bytes")
    }
    return OperatorKey(pair: pair, name: name, source: source)
  }

  /// Reads a public key.
  ///
  /// - Throws: `.badKey` for anything else, `.unsupportedVersion` for a later format.
  static func parsePublic(
    _ text: Span<UInt8>, path: FilePath
  ) throws(CaptureError) -> OperatorPublicKey {
    let (bytes, name) = try parse(text, format: publicFormat, path: path)
    guard bytes.count == BoxKeyPair.keyLength else {
      throw CaptureError(.badKey, "\(path) holds no public key of 32 bytes")
    }
    let key = OperatorPublicKey(bytes: bytes.copy(), name: name)
    // A small-order point would only show when the first record is sealed: too late.
    guard (try? SealedBox.seal([UInt8]().span, to: key.bytes)) != nil else {
      throw CaptureError(.badKey, "\(path) holds a public key that cannot be sealed to")
    }
    return key
  }

  private static func parse(
    _ text: Span<UInt8>, format: String, path: FilePath
  ) throws(CaptureError) -> (key: SecretBytes, name: String) {
    let line = text.extracting(0..<(firstIndex(of: 0x0A, in: text) ?? text.count))
    let formatEnd = firstIndex(of: 0x20, in: line) ?? line.count
    let found = String(decoding: bytes(line.extracting(0..<formatEnd)), as: UTF8.self)
    let isPrivate = format == privateFormat
    guard found == format, formatEnd < line.count else {
      let stem = format.dropLast()
      if found.hasPrefix(stem), let version = Int(found.dropFirst(stem.count)), version > 1 {
        throw CaptureError(
          .unsupportedVersion, "\(path) is of a newer key format; use a newer tapedeck")
      }
      throw CaptureError(
        .badKey, "\(path) is not a \(isPrivate ? "private (.key)" : "public (.pub)") key file")
    }
    let rest = line.extracting((formatEnd + 1)..<line.count)
    let digitsEnd = firstIndex(of: 0x20, in: rest) ?? rest.count
    guard let key = try? Base64.decode(rest.extracting(0..<digitsEnd)) else {
      throw CaptureError(.badKey, "\(path) is damaged: its key is not Base64")
    }
    let nameBytes = bytes(rest.extracting(min(digitsEnd + 1, rest.count)..<rest.count))
    // The name is decoration: one that cannot be shown is left out.
    let name = (try? checkedName(String(decoding: nameBytes, as: UTF8.self))) ?? ""
    return (key, name)
  }

  private static func firstIndex(of byte: UInt8, in span: Span<UInt8>) -> Int? {
    for index in 0..<span.count where span[index] == byte { return index }
    return nil
  }

  private static func bytes(_ span: Span<UInt8>) -> [UInt8] {
    span.withUnsafeBufferPointer { [UInt8]($0) }
  }
}
