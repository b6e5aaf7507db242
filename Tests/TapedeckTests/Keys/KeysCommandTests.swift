internal import FoundationEssentials
internal import Glibc
internal import SystemPackage
internal import Testing
internal import VoiceCrypto

@testable import CaptureLog

@Suite("tapedeck keys")
struct KeysCommandTests {
  private let scratch: Sandbox
  private var keyFolder: FilePath { scratch("keys") }
  private var capture: FilePath { scratch("capture") }

  init() throws {
    scratch = try Sandbox()
  }

  private func keys(_ arguments: String..., folder: String = "keys") throws -> Tool.Result {
    try Tool.run(["keys"] + arguments, keys: scratch(folder))
  }

  /// A capture of a session and five key records, sealed to these keys.
  private func makeCapture(sealedTo recipients: [OperatorPublicKey]) throws {
    try SystemFileOperations().makeFolder(capture)
    try SessionFile.write(
      SessionInfo(
        id: "capture", guildID: "1", channelID: "2", start: "2026-11-18T11:06:42Z",
        startUnixNanoseconds: 1_795_000_002_000_000_000, build: "test",
        recipients: recipients.map(\.id), source: "simulated"),
      in: capture)
    var writer = try KeyLogWriter(in: capture, recipients: recipients)
    let secret = SecretBytes([UInt8](repeating: 0x41, count: 16))
    try writer.append(
      [
        KeyRecord(
          time: 0, .transport(connection: 0, mode: .xchacha20, key: .random(count: 32))),
        KeyRecord(time: 0, .profile(user: "7", names: ProfileNames(nick: "Seven"))),
      ]
        + (1...3).map {
          KeyRecord(
            time: 0,
            .sender(connection: 0, incarnation: 0, epoch: $0, user: "7", secret: secret))
        })
  }

  private func newKey(folder: String = "keys") throws -> OperatorKey {
    let run = try keys("new", folder: folder)
    #expect(run.status == 0)
    let store = OperatorKeyStore(folder: scratch(folder))
    return try #require(try store.privateKeys().last)
  }

  @Test("new prints id and paths, warns, and makes another key each time")
  func new() throws {
    let run = try keys("new", "--name", "laptop")
    #expect(run.status == 0)
    let stored = try OperatorKeyStore(folder: keyFolder).privateKeys()
    #expect(stored.count == 1)
    let key = try #require(stored.first)
    #expect(
      run.output == """
        key      \(key.id)
        private  \(keyFolder)/\(key.id).key
        public   \(keyFolder)/\(key.id).pub

        """)
    #expect(run.errors.contains("loses every recording"))
    #expect(run.errors.contains("second --recipient"))
    let secret = String(decoding: Base64.encode(key.pair.secretKey).copy(), as: UTF8.self)
    #expect(!run.output.contains(secret) && !run.errors.contains(secret))
    #expect(try keys("new").status == 0)
    #expect(scratch.names("keys").count == 4)
    #expect(try keys("new", "--name", "a\nb").status == 64)
    #expect(scratch.names("keys").count == 4)
  }

  @Test("list, in text and JSON")
  func list() throws {
    let none = try keys("list")
    #expect(none.status == 0 && none.output.isEmpty && none.errors.contains("keys new"))
    #expect(try keys("list", "--json").output == "[]\n")
    let key = try newKey()
    #expect(try keys("list").output == "\(key.id)  private and public\n")
    #expect(
      try keys("list", "--json").output
        == "[{\"id\":\"\(key.id)\",\"name\":\"\",\"private\":true}]\n")
  }

  @Test("check: the right, a missing and a wrong key, and damage")
  func check() throws {
    let key = try newKey()
    try makeCapture(sealedTo: [key.publicKey])
    let right = try keys("check", capture.string)
    #expect(right.status == 0)
    #expect(
      right.output == """
        \(key.id): opens 5 of 5 records
        5 records; opened: 1 profile, 3 sender, 1 transport

        """)
    let json = try keys("check", capture.string, "--json")
    #expect(json.status == 0 && json.output.contains("\"opened\":{\"profile\":1,\"sender\":3"))
    let missing = try keys("check", capture.string, folder: "none")
    #expect(missing.status == 66)
    #expect(missing.errors.split(separator: "\n").count == 1 && missing.errors.contains(key.id))
    let other = try newKey(folder: "others")
    #expect(try keys("check", capture.string, folder: "others").status == 66)
    let file = scratch("others/\(other.id).key").string
    let wrong = try keys("check", capture.string, "--key", file)
    #expect(wrong.status == 65)
    #expect(wrong.errors.split(separator: "\n").count == 1)
    #expect(try keys("check", capture.string, "--key", "/nonexistent").status == 66)
    #expect(try keys("check", scratch("x").string).status == 66)
    #expect(try keys("check").status == 64)
    let publicFile = scratch("keys/\(key.id).pub").string
    #expect(try keys("check", capture.string, "--key", publicFile).status == 65)
    let log = capture.appending("keys.jsonl")
    let text = try RegularFile.read(log, limit: 1 << 20)
    #expect(log.withPlatformString { unlink($0) } == 0)
    try NewFile.write(SecretBytes(text + [UInt8]("garbage\n".utf8)), to: log)
    let damaged = try keys("check", capture.string)
    #expect(damaged.status == 65)
    #expect(damaged.output.contains("keys.jsonl, line 6: no key record\n"))
  }

  @Test("reseal lets a second key open the capture, and is busy while it is recorded")
  func reseal() throws {
    let key = try newKey()
    let other = try newKey(folder: "others")
    try makeCapture(sealedTo: [key.publicKey])
    let pub = scratch("others/\(other.id).pub").string
    let lock = try CaptureLock(locking: capture)
    #expect(try keys("reseal", capture.string, "--to", pub).status == 69)
    withExtendedLifetime(lock) {}
  }

  @Test("reseal writes nothing with a wrong or no key")
  func resealWithoutKey() throws {
    let key = try newKey()
    let other = try newKey(folder: "others")
    try makeCapture(sealedTo: [key.publicKey])
    let before = try RegularFile.read(capture.appending("keys.jsonl"), limit: 1 << 20)
    let pub = scratch("others/\(other.id).pub").string
    let wrong = scratch("others/\(other.id).key").string
    #expect(try keys("reseal", capture.string, "--to", pub, folder: "none").status == 66)
    #expect(try keys("reseal", capture.string, "--to", pub, "--key", wrong).status == 65)
    #expect(try keys("reseal", capture.string, "--to", wrong).status == 65)
    #expect(try keys("reseal", capture.string).status == 64)
    #expect(try RegularFile.read(capture.appending("keys.jsonl"), limit: 1 << 20) == before)
    let run = try keys("reseal", capture.string, "--to", pub)
    #expect(run.status == 0 && run.output == "5 records sealed to \(other.id)\n")
    #expect(try keys("check", capture.string, folder: "others").status == 0)
    let again = try keys("reseal", capture.string, "--to", pub, "--json")
    #expect(again.output.contains("\"already_sealed\":5"))
  }

  @Test("export and import with a passphrase file that others cannot read")
  func export() throws {
    let key = try newKey()
    let passphrase = scratch("passphrase")
    try NewFile.write(SecretBytes([UInt8]("hunter 2\n".utf8)), to: passphrase)
    let out = scratch("exported").string
    let file = ["--passphrase-file", passphrase.string]
    #expect(try keys("export", "--out", out).status == 64)
    #expect(chmod(passphrase.string, 0o640) == 0)
    #expect(try keys("export", "--out", out, file[0], file[1]).status == 77)
    #expect(!scratch.names().contains("exported"))
    #expect(chmod(passphrase.string, 0o600) == 0)
    #expect(try keys("export", "0123456789abcdef", "--out", out, file[0], file[1]).status == 66)
    let run = try keys("export", key.id, "--out", out, file[0], file[1])
    #expect(run.status == 0)
    #expect(!(run.output + run.errors).contains("hunter"))
    #expect(try keys("export", "--out", out, file[0], file[1]).status == 64)
    #expect(try keys("import", out, file[0], file[1], folder: "others").status == 0)
    #expect(scratch.names("others") == ["\(key.id).key", "\(key.id).pub"])
    #expect(try keys("import", out, file[0], file[1]).output.contains("already"))
    let wrong = scratch("wrong")
    try NewFile.write(SecretBytes([UInt8]("hunter 3".utf8)), to: wrong)
    let refused = try keys("import", out, file[0], wrong.string, folder: "third")
    #expect(refused.status == 65 && refused.errors.split(separator: "\n").count == 1)
    #expect(scratch.names("third").isEmpty)
    #expect(try keys("import", passphrase.string, file[0], file[1]).status == 65)
  }
}
