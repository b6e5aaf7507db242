internal import Glibc
internal import SystemPackage
internal import TestSupport
internal import Testing
internal import VoiceCrypto

@testable import CaptureLog

@Suite("Operator keys")
struct OperatorKeyStoreTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }
  private var store: OperatorKeyStore { OperatorKeyStore(folder: folder.path.appending("a/keys")) }

  private func code(_ body: () throws(CaptureError) -> Void) -> CaptureError.Code? {
    do throws(CaptureError) {
      try body()
      return nil
    } catch { return error.code }
  }

  private func put(_ text: String, _ name: String) throws -> FilePath {
    let path = folder.path.appending(name)
    try NewFile.write(SecretBytes([UInt8](text.utf8)), to: path)
    return path
  }

  @Test("a new key is in a folder and files for the owner alone, and is found again")
  func create() throws {
    let (key, path) = try store.create(name: "laptop, Müller")
    #expect(path == store.folder.appending("\(key.id).key"))
    for (file, mode) in [
      (path, 0o600), (store.folder.appending("\(key.id).pub"), 0o644), (store.folder, 0o700),
    ] as [(FilePath, mode_t)] {
      var status = stat()
      #expect(file.withPlatformString { stat($0, &status) } == 0)
      #expect(status.st_mode & 0o777 == mode)
    }
    let loaded = try OperatorKeyStore.load(path)
    #expect(loaded.id == key.id)
    #expect(loaded.publicKey == key.publicKey)
    #expect(loaded.pair.secretKey.copy() == key.pair.secretKey.copy())
    let publicKey = try OperatorKeyStore.loadPublic(store.folder.appending("\(key.id).pub"))
    #expect(publicKey == key.publicKey)
    #expect(try store.list() == [.init(publicKey: key.publicKey, hasPrivateKey: true)])
    #expect(try store.keys(named: []).map(\.id) == [key.id])
    #expect(code { () throws(CaptureError) in try store.add(key) } == .exists)
  }

  /// BLAKE2b-256 by Python's hashlib over the public key of RFC 7748 section 6.1.
  @Test("the id is the start of BLAKE2b-256 of the public key")
  func id() {
    let key = OperatorPublicKey(
      bytes: [
        0x85, 0x20, 0xF0, 0x09, 0x89, 0x30, 0xA7, 0x54, 0x74, 0x8B, 0x7D, 0xDC, 0xB4, 0x3E, 0xF7,
        0x5A, 0x0D, 0xBF, 0x3A, 0x0D, 0x26, 0x38, 0x1A, 0xF4, 0xEB, 0xA4, 0xA9, 0x8E, 0xAA, 0x9B,
        0x4E, 0x6A,
      ])
    #expect(key.id == "7a91869e4c114964")
  }

  @Test(
    "the folder",
    arguments: [
      (["TAPEDECK_KEYS": "/k", "XDG_CONFIG_HOME": "/x", "HOME": "/h"], "/k"),
      (["TAPEDECK_KEYS": "", "XDG_CONFIG_HOME": "/x", "HOME": "/h"], "/x/tapedeck/keys"),
      (["XDG_CONFIG_HOME": "relative", "HOME": "/h"], "/h/.config/tapedeck/keys"),
      (["HOME": "/h"], "/h/.config/tapedeck/keys"),
    ])
  func location(environment: [String: String], path: String) {
    #expect(OperatorKeyStore.standard { environment[$0] }.folder == FilePath(path))
  }

  @Test("files that are no keys: named ones are told, those of the folder are left out")
  func noKeys() throws {
    let (key, _) = try store.create()
    let secret = String(decoding: Base64.encode(key.pair.secretKey).copy(), as: UTF8.self)
    for (text, expected) in [
      ("", .badKey), ("hello", .badKey), ("tapedeck-key-1", .badKey), ("tapedeck-key-1 ", .badKey),
      ("tapedeck-key-1 \(secret.dropLast(4))", .badKey), ("tapedeck-pub-1 \(secret)", .badKey),
      ("tapedeck-key-2 \(secret)", .unsupportedVersion), ("tapedeck-key-1 \(secret)x", .badKey),
      (String(repeating: "k", count: 10_000), .badKey),
    ] as [(String, CaptureError.Code)] {
      let path = try put(text, "bad-\(randomBytes(8).map(String.init).joined())")
      #expect(
        code { () throws(CaptureError) in _ = try OperatorKeyStore.load(path) } == expected)
      #expect(
        code { () throws(CaptureError) in _ = try OperatorKeyStore.loadPublic(path) } != nil
          || text.hasPrefix("tapedeck-pub-1"))
    }
    let missing = folder.path.appending("missing.key")
    #expect(
      code { () throws(CaptureError) in _ = try OperatorKeyStore.load(missing) } == .notFound)
    #expect(
      code { () throws(CaptureError) in _ = try OperatorKeyStore.load(folder.path) } == .badKey)
    try NewFile.write(SecretBytes([1, 2]), to: store.folder.appending("broken.key"))
    try NewFile.write(SecretBytes([1, 2]), to: store.folder.appending("broken.pub"))
    #expect(try store.list().map(\.publicKey.id) == [key.id])
    #expect(try OperatorKeyStore(folder: missing).list().isEmpty)
  }

  @Test("public keys that nothing can be sealed to are refused when they are read")
  func badPublicKeys() throws {
    let zero = String(
      decoding: Base64.encode(SecretBytes([UInt8](repeating: 0, count: 32))).copy(), as: UTF8.self)
    let path = try put("tapedeck-pub-1 \(zero)\n", "zero.pub")
    #expect(
      code { () throws(CaptureError) in _ = try OperatorKeyStore.loadPublic(path) } == .badKey)
  }

  @Test(
    "names that cannot stand on one line are refused",
    arguments: ["a\nb", "a\u{202E}b", "\u{1B}[2J"])
  func names(name: String) throws {
    #expect(code { () throws(CaptureError) in _ = try store.create(name: name) } == .invalid)
    #expect(try store.list().isEmpty)
  }

  @Test("an exported key opens with its passphrase only")
  func export() throws {
    let key = try OperatorKey.generate(name: "backup")
    let path = folder.path.appending("exported")
    let right = SecretBytes([UInt8]("correct horse".utf8))
    let cost = ExportedKey.Cost(operations: 1, memory: 8192)
    try ExportedKey.write(key, to: path, passphrase: right, cost: cost)
    #expect(try ExportedKey.id(of: path) == key.id)
    let read = try ExportedKey.read(path, passphrase: right)
    #expect(read.publicKey == key.publicKey)
    #expect(read.pair.secretKey.copy() == key.pair.secretKey.copy())
    let wrong = SecretBytes([UInt8]("wrong".utf8))
    #expect(
      code { () throws(CaptureError) in _ = try ExportedKey.read(path, passphrase: wrong) }
        == .badKey)
    #expect(
      code { () throws(CaptureError) in
        try ExportedKey.write(key, to: path, passphrase: right, cost: cost)
      } == .exists)
  }

  /// Made with libsodium from Python, so that the format cannot change unnoticed.
  @Test("an exported key made elsewhere opens, and no changed field is accepted")
  func exportedElsewhere() throws {
    let text = """
      {"schema":"tapedeck.exported-key/1","id":"57addcd56cefb426","name":"sample","operations":1,
      "memory":8192,"salt":"AAECAwQFBgcICQoLDA0ODw==","nonce":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
      "box":"I9dUhFR715E0nug91DUgG+i1W5UU89EkrMSFd6+8EU49MNIIdVtkBaakldLcutbI"}
      """
    let passphrase = SecretBytes([UInt8]("correct horse".utf8))
    let key = try ExportedKey.read(try put(text, "exported"), passphrase: passphrase)
    #expect(key.pair.secretKey.copy() == [UInt8](0..<32))
    #expect(key.publicKey.name == "sample")
    for (from, to, expected) in [
      ("sample", "simple", .badKey), ("57ad", "57ae", .badKey), ("I9dU", "I9dV", .badKey),
      ("AAECAwQFBgcICQoLDA0ODw==", "AAECAwQFBgcICQoLDA0ODg==", .badKey),
      ("\"memory\":8192", "\"memory\":99999999999", .badKey), ("AAEC", "!!!!", .badKey),
      ("\"operations\":1", "\"operations\":-1", .badKey), ("key/1", "key/2", .unsupportedVersion),
      ("tapedeck", "other", .badKey), ("\"name\":\"sample\",", "", .badKey),
    ] as [(String, String, CaptureError.Code)] {
      let path = try put(text.replacing(from, with: to), "changed-\(from.hash)-\(to.hash)")
      #expect(
        code { () throws(CaptureError) in _ = try ExportedKey.read(path, passphrase: passphrase) }
          == expected, "\(from) -> \(to)")
    }
  }
}

extension String {
  /// For names of files.
  fileprivate var hash: String { String(utf8.reduce(5381) { ($0 &* 33) &+ Int($1) }, radix: 36) }
}
