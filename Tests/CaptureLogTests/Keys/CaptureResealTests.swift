internal import Glibc
internal import SystemPackage
internal import Testing

@testable import CaptureLog

@Suite("Resealing")
struct CaptureResealTests {
  private func fixture() throws -> KeyLogFixture {
    let fixture = try KeyLogFixture()
    var writer = try fixture.writer()
    try writer.append([KeyLogFixture.transport(), KeyLogFixture.sender("1")])
    writer.abandonFile()
    try writer.append([KeyLogFixture.sender("2"), KeyLogFixture.profile("2", nick: "Two")])
    return fixture
  }

  private func reseal(
    _ fixture: KeyLogFixture, to keys: [OperatorKey], with own: [OperatorKey]? = nil
  ) throws(CaptureError) -> CaptureReseal.Report {
    try CaptureReseal.add(keys.map(\.publicKey), to: fixture.path, with: own ?? fixture.keys)
  }

  @Test("the new key opens every record of every file; the old one still does")
  func added() throws {
    let fixture = try fixture()
    let new = [try OperatorKey.generate(), try OperatorKey.generate()]
    #expect(try reseal(fixture, to: new) == .init(resealed: 4))
    for key in new + fixture.keys {
      let keys = try fixture.opened([key])
      #expect(keys.counts == .init(transport: 1, sender: 2, profile: 1))
      #expect(keys.profiles["2"]?.nick == "Two")
    }
    let session = try CaptureSession.read(fixture.path)
    #expect(session.recipients == fixture.keys.map(\.id) + new.map(\.id))
    #expect(
      try fixture.names() == ["keys-000001.jsonl", "keys.jsonl", "lock", "session.json"])
    // Once more changes nothing.
    let before = try fixture.bytes()
    #expect(try reseal(fixture, to: new) == .init(alreadySealed: 4))
    #expect(try fixture.bytes() == before)
    // The new key can go on from there, without the old one.
    let third = try OperatorKey.generate()
    #expect(try reseal(fixture, to: [third], with: [new[0]]).resealed == 4)
    #expect(try fixture.opened([third]).counts.opened == 4)
  }

  @Test("damaged lines stay byte for byte")
  func damaged() throws {
    let fixture = try fixture()
    let lines = try fixture.text().split(separator: "\n")
    let huge = String(repeating: "y", count: (1 << 20) + 5)
    let text = "\n\(lines[0])\nnot JSON\n\(huge)\n\(lines[1])\n{\"torn\":"
    try fixture.put([UInt8](text.utf8))
    let new = try OperatorKey.generate()
    #expect(try reseal(fixture, to: [new]) == .init(resealed: 4, damaged: 3))
    let after = try fixture.text().split(separator: "\n", omittingEmptySubsequences: false)
    #expect(after.count == 6)
    #expect(after[0].isEmpty && after[2] == "not JSON" && after[3] == huge)
    #expect(after[5] == "{\"torn\":")
    #expect(try fixture.opened([new]).counts.opened == 4)
  }

  @Test("missing and wrong keys write nothing")
  func wrongKeys() throws {
    let fixture = try KeyLogFixture(keys: 1)
    var writer = try fixture.writer()
    try writer.append(KeyLogFixture.transport())
    // A record that another key alone opens, as after an exchange of recipients.
    let stranger = try OperatorKey.generate()
    var other = try KeyLogWriter(in: fixture.path, recipients: [stranger.publicKey])
    try other.append(KeyLogFixture.sender("1"))
    let before = try fixture.bytes()
    let new = try OperatorKey.generate()
    var folderKey = try OperatorKey.generate()
    folderKey.source = .folder
    let cases: [([OperatorKey], CaptureError.Code)] = [
      ([], .noKey), ([try OperatorKey.generate()], .badKey), ([folderKey], .noKey),
      (fixture.keys, .noKey),
    ]
    for (keys, expected) in cases {
      var code: CaptureError.Code?
      do { _ = try reseal(fixture, to: [new], with: keys) } catch { code = error.code }
      #expect(code == expected)
      #expect(try fixture.bytes() == before)
      #expect(try CaptureSession.read(fixture.path).recipients == fixture.keys.map(\.id))
    }
    #expect(try reseal(fixture, to: [new], with: fixture.keys + [stranger]).resealed == 2)
  }

  @Test("what a killed run left behind does not matter")
  func leftovers() throws {
    let fixture = try fixture()
    try fixture.put([1, 2, 3], "keys.jsonl.tmp")
    try fixture.put([1, 2, 3], "session.json.tmp")
    let new = try OperatorKey.generate()
    // One file was done, the other and session.json were not.
    let first = try fixture.bytes("keys-000001.jsonl")
    #expect(try reseal(fixture, to: [new]).resealed == 4)
    try fixture.put(first, "keys-000001.jsonl")
    #expect(try reseal(fixture, to: [new]) == .init(resealed: 2, alreadySealed: 2))
    #expect(try fixture.names().count == 4)
  }

  @Test("a capture that is being recorded is busy; one that is not encrypted has nothing to reseal")
  func busy() throws {
    let fixture = try fixture()
    let new = try OperatorKey.generate()
    let lock = try CaptureLock(locking: fixture.path)
    var code: CaptureError.Code?
    do { _ = try reseal(fixture, to: [new]) } catch { code = error.code }
    #expect(code == .locked)
    withExtendedLifetime(lock) {}
    let plain = try KeyLogFixture(encrypted: false)
    do { _ = try reseal(plain, to: [new]) } catch { code = error.code }
    #expect(code == .invalid)
  }
}
