internal import FoundationEssentials
public import SystemPackage
package import VoiceCrypto

/// A private key in a file that only a passphrase opens, for a backup or another host.
public enum ExportedKey {
  private static let schema = "tapedeck.exported-key/1"
  private static let maximumSize = 16 << 10

  /// The file: JSON, whose numbers and salt are those of Argon2id, and the box XChaCha20-Poly1305.
  private struct Contents: Codable {
    var schema: String
    var id: String
    var name: String
    var operations: UInt64
    var memory: Int
    var salt: String
    var nonce: String
    var box: String

    /// What the box authenticates besides the key.
    var additionalData: [UInt8] { [UInt8]("\(schema) \(id) \(name)".utf8) }
  }

  /// The work of the passphrase's key derivation; less only in tests.
  package struct Cost: Sendable {
    package var operations: UInt64
    /// Bytes.
    package var memory: Int

    package init(operations: UInt64 = 3, memory: Int = 256 << 20) {
      self.operations = operations
      self.memory = memory
    }
  }

  /// Writes a private key sealed with a passphrase; never overwrites.
  ///
  /// - Throws: `.exists`, `.notPermitted`, `.noSpace`, `.io`; `.invalid` for an empty passphrase.
  package static func write(
    _ key: OperatorKey, to path: FilePath, passphrase: SecretBytes, cost: Cost = Cost()
  ) throws(CaptureError) {
    guard passphrase.count > 0 else {
      throw CaptureError(.invalid, "the passphrase is empty")
    }
    var contents = Contents(
      schema: schema, id: key.id, name: key.publicKey.name, operations: cost.operations,
      memory: cost.memory, salt: "", nonce: "", box: "")
    let additionalData = contents.additionalData
    let box: PassphraseBox
    do throws(VoiceCryptoError) {
      box = try PassphraseBox.seal(
        key.pair.secretKey, passphrase: passphrase, additionalData: additionalData.span,
        operations: cost.operations, memory: cost.memory)
    } catch {
      throw CaptureError(.io, "cannot seal the key: \(error)")
    }
    contents.salt = Data(box.salt).base64EncodedString()
    contents.nonce = Data(box.nonce).base64EncodedString()
    contents.box = Data(box.ciphertext).base64EncodedString()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    guard let text = try? encoder.encode(contents) else {
      throw CaptureError(.io, "cannot encode the exported key")
    }
    try NewFile.write(SecretBytes([UInt8](text) + [0x0A]), to: path)
  }

  /// Reads a private key that was written by ``write(_:to:passphrase:cost:)``.
  ///
  /// - Throws: `.badKey` for another file or a wrong passphrase, `.unsupportedVersion`,
  ///   `.notFound`, `.notPermitted`, `.io`.
  package static func read(
    _ path: FilePath, passphrase: SecretBytes
  ) throws(CaptureError) -> OperatorKey {
    let contents = try parse(path)
    guard let salt = Data(base64Encoded: contents.salt),
      let nonce = Data(base64Encoded: contents.nonce),
      let box = Data(base64Encoded: contents.box)
    else { throw CaptureError(.badKey, "\(path) is damaged") }
    let sealed = PassphraseBox(
      salt: [UInt8](salt), nonce: [UInt8](nonce), operations: contents.operations,
      memory: contents.memory, ciphertext: [UInt8](box))
    let additionalData = contents.additionalData
    do throws(VoiceCryptoError) {
      let secret = try sealed.open(passphrase: passphrase, additionalData: additionalData.span)
      let key = OperatorKey(pair: try BoxKeyPair(secretKey: secret), name: contents.name)
      guard key.id == contents.id else { throw .authentication }
      return key
    } catch .authentication {
      throw CaptureError(.badKey, "the passphrase does not open \(path), or the file is damaged")
    } catch .library(let call) {
      throw CaptureError(.io, "cannot derive the passphrase's key: \(call)")
    } catch {
      throw CaptureError(.badKey, "\(path) is damaged")
    }
  }

  /// The id of the key in an exported file, which it tells without the passphrase.
  public static func id(of path: FilePath) throws(CaptureError) -> String {
    try parse(path).id
  }

  private static func parse(_ path: FilePath) throws(CaptureError) -> Contents {
    struct Schema: Decodable { var schema: String }
    let bytes: [UInt8]
    do {
      bytes = try RegularFile.read(path, limit: maximumSize)
    } catch {
      if error.code == .invalid { throw CaptureError(.badKey, "\(path) is no exported key") }
      throw error
    }
    let decoder = JSONDecoder()
    guard let found = try? decoder.decode(Schema.self, from: Data(bytes)).schema,
      found.hasPrefix("tapedeck.exported-key/")
    else { throw CaptureError(.badKey, "\(path) is no exported key") }
    try FormatVersion.check(found, against: schema, what: "\(path)")
    guard let contents = try? decoder.decode(Contents.self, from: Data(bytes)),
      (try? OperatorKeyFile.checkedName(contents.name)) != nil
    else { throw CaptureError(.badKey, "\(path) is damaged") }
    return contents
  }
}
