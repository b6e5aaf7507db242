internal import FoundationEssentials
internal import Glibc
internal import SystemPackage
internal import Testing
internal import VoiceCrypto

@testable import CaptureLog

@Suite("Key log")
struct KeyLogTests {
  @Test("what was sealed opens, for every recipient")
  func roundTrip() throws {
    let fixture = try KeyLogFixture(keys: 2)
    var writer = try fixture.writer()
    try writer.append([KeyLogFixture.transport(0), KeyLogFixture.transport(3, fill: 0xA3)])
    try writer.append(KeyLogFixture.sender("42"))
    try writer.append(KeyLogFixture.sender("42", epoch: 2, fill: 0xB2))
    try writer.append(KeyLogFixture.profile("42", nick: "Zoë \"the\u{2028}\n\" 🎙"))
    for key in fixture.keys {
      let keys = try CaptureKeys.open(fixture.path, with: [key])
      #expect(keys.counts == .init(transport: 2, sender: 2, profile: 1))
      let transport = keys.transport(3)
      #expect(transport.count == 1)
      #expect(transport[0].mode == .xchacha20)
      #expect(transport[0].time == KeyLogFixture.start + 3)
      #expect(transport[0].key.copy() == [UInt8](repeating: 0xA3, count: 32))
      #expect(keys.senders("42").map(\.epoch) == [1, 2])
      #expect(keys.senders("42")[1].secret.copy() == [UInt8](repeating: 0xB2, count: 16))
      #expect(keys.senders("43").isEmpty && keys.transport(1).isEmpty)
      #expect(keys.senderUsers == ["42"])
      #expect(keys.profiles["42"]?.nick == "Zoë \"the\u{2028}\n\" 🎙")
      #expect(keys.profiles["42"]?.isBot == true)
      #expect(keys.profiles["42"]?.global == nil)
    }
  }

  @Test("a line has exactly the fields of the format, and no secret in the clear")
  func format() throws {
    struct Line: Decodable {
      struct Box: Decodable { var key, box: String }
      var v: Int
      var n: UInt64
      var kind: String
      var connection, incarnation: UInt32
      var epoch: UInt64
      var user, time: String
      var boxes: [Box]
    }
    let fixture = try KeyLogFixture()
    var writer = try fixture.writer()
    try writer.append(KeyLogFixture.sender("7", epoch: 9))
    let text = try fixture.text()
    let prefix =
      #"{"v":1,"n":0,"kind":"sender","connection":0,"incarnation":0,"epoch":9,"user":"7","#
      + #""time":"2026-11-18T11:06:51.123456789Z","boxes":[{"key":""#
    #expect(text.hasPrefix(prefix))
    #expect(text.hasSuffix("\"}]}\n"))
    let line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
    #expect(line.boxes.count == 1)
    #expect(line.boxes[0].key == fixture.keys[0].id)
    let box = try #require(Data(base64Encoded: line.boxes[0].box))
    #expect((box.count - SealedBox.overhead) % 256 == 0)
    var status = stat()
    let path = fixture.path.appending("keys.jsonl")
    #expect(path.withPlatformString { stat($0, &status) } == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test("names of very different lengths give lines of one length")
  func padding() throws {
    let fixture = try KeyLogFixture()
    var writer = try fixture.writer()
    try writer.append(KeyLogFixture.profile("1", nick: ""))
    try writer.append(KeyLogFixture.profile("2", nick: String(repeating: "x", count: 32)))
    let lines = try fixture.text().split(separator: "\n")
    #expect(lines[0].utf8.count == lines[1].utf8.count)
  }

  @Test("numbers go on over a restart, in a file of its own")
  func restart() throws {
    let fixture = try KeyLogFixture()
    var first = try fixture.writer()
    try first.append([KeyLogFixture.sender("1"), KeyLogFixture.sender("2")])
    var second = try fixture.writer()
    #expect(second.nextNumber == 2)
    try second.append(KeyLogFixture.sender("3"))
    #expect(try fixture.text("keys-000001.jsonl").hasPrefix("{\"v\":1,\"n\":2,"))
    let keys = try CaptureKeys.open(fixture.path, with: fixture.keys)
    #expect(keys.senderUsers == ["1", "2", "3"])
  }

  @Test("one speaker's erased records leave the others readable")
  func erased() throws {
    let fixture = try KeyLogFixture()
    var writer = try fixture.writer()
    try writer.append([
      KeyLogFixture.transport(), KeyLogFixture.sender("1"), KeyLogFixture.sender("2"),
      KeyLogFixture.sender("1", epoch: 2), KeyLogFixture.sender("3"),
    ])
    let kept = try fixture.text().split(separator: "\n").filter { !$0.contains("\"user\":\"1\"") }
    try fixture.put([UInt8]((kept.joined(separator: "\n") + "\n").utf8))
    let keys = try CaptureKeys.open(fixture.path, with: fixture.keys)
    #expect(keys.senderUsers == ["2", "3"])
    #expect(keys.counts == .init(transport: 1, sender: 2))
  }

  @Test("a record written twice counts once")
  func duplicate() throws {
    let fixture = try KeyLogFixture()
    var writer = try fixture.writer()
    try writer.append([KeyLogFixture.transport(), KeyLogFixture.sender("1")])
    try fixture.put(try fixture.bytes(), "keys-000001.jsonl")
    let keys = try CaptureKeys.open(fixture.path, with: fixture.keys)
    #expect(keys.counts == .init(transport: 1, sender: 1))
  }

  @Test(
    "a secret cannot be moved to another user, epoch, connection, number, kind or time",
    arguments: [
      ("\"user\":\"11\"", "\"user\":\"12\""), ("\"epoch\":1", "\"epoch\":2"),
      ("\"connection\":0", "\"connection\":1"), ("\"incarnation\":0", "\"incarnation\":1"),
      ("\"n\":0", "\"n\":1"), ("\"kind\":\"sender\"", "\"kind\":\"profile\""), ("789Z", "788Z"),
    ])
  func moved(from: String, to: String) throws {
    let fixture = try KeyLogFixture()
    var writer = try fixture.writer()
    try writer.append([KeyLogFixture.sender("11"), KeyLogFixture.sender("13")])
    let lines = try fixture.text().split(separator: "\n", maxSplits: 1)
    let replaced = lines[0].replacing(from, with: to, maxReplacements: 1)
    #expect(replaced != lines[0])
    try fixture.put([UInt8]("\(replaced)\n\(lines[1])".utf8))
    let keys = try CaptureKeys.open(fixture.path, with: fixture.keys)
    #expect(keys.senderUsers == ["13"])
    #expect(keys.counts.refused == 1)
  }
}
