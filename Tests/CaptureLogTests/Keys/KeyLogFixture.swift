internal import Glibc
internal import SystemPackage
internal import TestSupport
internal import VoiceCrypto

@testable import CaptureLog

/// A capture folder with a session and some key records.
struct KeyLogFixture {
  static let start: Int64 = 1_795_000_002_123_456_789

  let folder: TemporaryFolder
  var path: FilePath { folder.path.appending("capture") }
  let keys: [OperatorKey]

  init(keys count: Int = 1, encrypted: Bool = true) throws {
    folder = try TemporaryFolder()
    keys = try (0..<count).map { _ in try OperatorKey.generate() }
    let files = SystemFileOperations()
    try files.makeFolder(path)
    try SessionFile.write(
      SessionInfo(
        id: "20261118T110642Z-1-2", guildID: "1", channelID: "2", start: "2026-11-18T11:06:42Z",
        startUnixNanoseconds: Self.start, build: "tapedeck test", recipients: keys.map(\.id),
        source: "simulated", encryptedAtRest: encrypted),
      in: path)
  }

  func writer(files: any FileOperations = SystemFileOperations()) throws -> KeyLogWriter {
    try KeyLogWriter(in: path, recipients: keys.map(\.publicKey), files: files)
  }

  /// What the key log holds for these keys.
  func opened(_ keys: [OperatorKey]? = nil) throws(CaptureError) -> CaptureKeys {
    try CaptureKeys.open(path, with: keys ?? self.keys)
  }

  /// The key files and what else is in the capture.
  func names() throws -> [String] {
    try CaptureFolder.names(in: path).sorted()
  }

  static func transport(_ connection: UInt32 = 0, fill: UInt8 = 0xA0) -> KeyRecord {
    KeyRecord(
      time: start + Int64(connection),
      .transport(
        connection: connection, mode: .xchacha20,
        key: SecretBytes([UInt8](repeating: fill, count: 32))))
  }

  static func sender(_ user: String, epoch: UInt64 = 1, fill: UInt8 = 0xB0) -> KeyRecord {
    KeyRecord(
      time: start + Int64(epoch) * 1_000_000_000,
      .sender(
        connection: 0, incarnation: 0, epoch: epoch, user: user,
        secret: SecretBytes([UInt8](repeating: fill, count: 16))))
  }

  static func profile(_ user: String, nick: String) -> KeyRecord {
    KeyRecord(
      time: start,
      .profile(user: user, names: ProfileNames(nick: nick, username: "u\(user)", isBot: true)))
  }

  func text(_ name: String = "keys.jsonl") throws -> String {
    String(decoding: try bytes(name), as: UTF8.self)
  }

  func bytes(_ name: String = "keys.jsonl") throws -> [UInt8] {
    try RegularFile.read(path.appending(name), limit: 16 << 20)
  }

  /// Replaces a file of the capture.
  func put(_ bytes: [UInt8], _ name: String = "keys.jsonl") throws {
    let file = path.appending(name)
    _ = file.withPlatformString { unlink($0) }
    try NewFile.write(SecretBytes(bytes), to: file)
  }
}
