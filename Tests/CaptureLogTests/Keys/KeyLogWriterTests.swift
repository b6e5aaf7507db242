internal import SystemPackage
internal import Testing
internal import VoiceCrypto

@testable import CaptureLog

@Suite("Key log writer")
struct KeyLogWriterTests {
  @Test(
    "after an error the record is in a new file, and nothing is lost or doubled",
    arguments: [
      (.write, .error(.ioError)), (.write, .error(.noSpace)), (.write, .torn(40, .noSpace)),
      (.synchronize, .error(.ioError)),
    ] as [(FaultyFiles.Call, FaultyFiles.Fault)])
  func failure(call: FaultyFiles.Call, fault: FaultyFiles.Fault) throws {
    let fixture = try KeyLogFixture()
    let files = FaultyFiles()
    var writer = try fixture.writer(files: files)
    try writer.append([KeyLogFixture.transport(), KeyLogFixture.sender("1")])
    files.plan { seen, number in seen == call && number == 0 ? fault : nil }
    try writer.append([KeyLogFixture.sender("2"), KeyLogFixture.sender("3")])
    try writer.append(KeyLogFixture.sender("4"))
    #expect(try fixture.names() == ["keys-000001.jsonl", "keys.jsonl", "session.json"])
    let keys = try fixture.opened()
    #expect(keys.senderUsers == ["1", "2", "3", "4"])
    #expect(keys.counts.transport == 1 && keys.counts.sender == 4)
    #expect(files.violations.isEmpty)
  }

  @Test("short writes are continued")
  func shortWrites() throws {
    let fixture = try KeyLogFixture()
    let files = FaultyFiles()
    var writer = try fixture.writer(files: files)
    files.plan { call, _ in call == .write ? .short(7) : nil }
    try writer.append([KeyLogFixture.transport(), KeyLogFixture.sender("1")])
    #expect(try fixture.opened().counts == .init(transport: 1, sender: 1))
    #expect(try fixture.names().count == 2)
  }

  @Test("when the new file fails too, the error is told, and later records are written")
  func lastingFailure() throws {
    let fixture = try KeyLogFixture()
    let files = FaultyFiles()
    var writer = try fixture.writer(files: files)
    files.plan { call, _ in call == .write ? .error(.noSpace) : nil }
    var code: CaptureError.Code?
    do { try writer.append(KeyLogFixture.sender("1")) } catch { code = error.code }
    #expect(code == .noSpace)
    files.plan { _, _ in nil }
    try writer.append(KeyLogFixture.sender("2"))
    #expect(try fixture.opened().senderUsers == ["2"])
  }

  @Test("an abandoned file is not written to again")
  func abandoned() throws {
    let fixture = try KeyLogFixture()
    var writer = try fixture.writer()
    try writer.append(KeyLogFixture.sender("1"))
    let before = try fixture.bytes()
    writer.abandonFile()
    try writer.append(KeyLogFixture.sender("2"))
    #expect(try fixture.bytes() == before)
    #expect(try fixture.opened().senderUsers == ["1", "2"])
  }

  @Test("nothing is sealed without a recipient, or for what is no user id or key")
  func refused() throws {
    let fixture = try KeyLogFixture()
    var code: CaptureError.Code?
    do { _ = try KeyLogWriter(in: fixture.path, recipients: []) } catch { code = error.code }
    #expect(code == .noKey)
    var writer = try fixture.writer()
    let short = KeyRecord(
      time: 0,
      .transport(connection: 0, mode: .aes256GCM, key: SecretBytes([1, 2, 3])))
    for record in [
      KeyLogFixture.sender("../x"), KeyLogFixture.sender(""), KeyLogFixture.profile("1a", nick: ""),
      KeyLogFixture.sender(String(repeating: "1", count: 21)), short,
    ] {
      var code: CaptureError.Code?
      do { try writer.append(record) } catch { code = error.code }
      #expect(code == .invalid)
    }
    #expect(try fixture.bytes().isEmpty)
  }

  @Test("no secret and no name is in the file")
  func nothingInTheClear() throws {
    let fixture = try KeyLogFixture()
    var writer = try fixture.writer()
    try writer.append([
      KeyLogFixture.transport(fill: 0x41), KeyLogFixture.sender("5", fill: 0x42),
      KeyLogFixture.profile("5", nick: "Secretive"),
    ])
    let text = try fixture.text()
    let secrets = [
      "AAAAAAAA", "BBBBBBBB", "QUFBQUFB", "QkJCQkJC", "Secretive", "\"mode\"", "\"u5\"",
    ]
    for secret in secrets {
      #expect(!text.contains(secret))
    }
  }
}
