internal import SystemPackage
internal import TestSupport
internal import Testing
internal import VoiceCrypto

@testable import CaptureLog

@Suite("Key log reader")
struct KeyLogReaderTests {
  /// A key log of one transport key and three senders.
  private func fixture() throws -> KeyLogFixture {
    let fixture = try KeyLogFixture()
    var writer = try fixture.writer()
    try writer.append([
      KeyLogFixture.transport(), KeyLogFixture.sender("1"), KeyLogFixture.sender("2"),
      KeyLogFixture.sender("3"),
    ])
    return fixture
  }

  private func damages(_ fixture: KeyLogFixture) throws -> [KeyLogDamage] {
    var reader = try KeyLogReader(reading: fixture.path)
    var damages: [KeyLogDamage] = []
    while let entry = try reader.next() {
      if case .damage(let damage) = entry { damages.append(damage) }
    }
    return damages
  }

  @Test("a log that is cut anywhere gives all its whole lines")
  func torn() throws {
    let fixture = try fixture()
    let bytes = try fixture.bytes()
    let ends = bytes.indices.filter { bytes[$0] == 0x0A }
    for length in stride(from: 0, to: bytes.count, by: 23) {
      try fixture.put([UInt8](bytes.prefix(length)))
      // A line without its line break is whole all the same.
      let whole = ends.count { $0 <= length }
      if whole == 0 {
        #expect(try fixture.opened().counts.opened == 0)
        continue
      }
      #expect(try fixture.opened().counts.opened == whole)
      let found = try damages(fixture)
      let isTorn = length > 0 && !ends.contains(length) && !ends.contains(length - 1)
      #expect(found.map(\.cause) == (isTorn ? [.torn] : []))
    }
  }

  @Test("garbled lines are counted and skipped, with file, line and offset")
  func garbled() throws {
    let fixture = try fixture()
    let lines = try fixture.text().split(separator: "\n")
    let bad: [[UInt8]] = [
      [UInt8]("not JSON".utf8), [UInt8]("{}".utf8), [UInt8]("[1,2]".utf8), [0, 0xFF, 0xFE, 0],
      [UInt8]("{\"v\":1}".utf8), [UInt8]("{\"v\":\"1\"}".utf8), [UInt8]("null".utf8),
      [UInt8](lines[1].replacing("\"n\":1", with: "\"n\":-1").utf8),
      [UInt8](lines[1].replacing("\"n\":1", with: "\"n\":18446744073709551616").utf8),
      [UInt8](lines[1].replacing("\"epoch\":1", with: "\"epoch\":1.5").utf8),
      [UInt8](lines[1].replacing("\"user\":\"1\"", with: "\"user\":\"../1\"").utf8),
      [UInt8](lines[1].replacing("\"user\":\"1\"", with: "\"user\":1").utf8),
      [UInt8](lines[1].replacing(",\"user\":\"1\"", with: "").utf8),
      [UInt8](lines[1].replacing("Z\"", with: "\"").utf8),
      [UInt8](String(repeating: "[", count: 100_000).utf8),
    ]
    var bytes = [UInt8]("\(lines[0])\n".utf8)
    for line in bad { bytes += line + [0x0A] }
    bytes += [UInt8]("\n\(lines[2])\n".utf8)
    try fixture.put(bytes)
    let found = try damages(fixture)
    #expect(found.count == bad.count)
    #expect(found.allSatisfy { $0.cause == .garbled && $0.file == "keys.jsonl" })
    #expect(found.map(\.line) == (0..<bad.count).map { $0 + 2 })
    #expect(found[0].offset == Int64(lines[0].utf8.count + 1))
    #expect(found[0].length == 8)
    let keys = try fixture.opened()
    #expect(keys.counts.damaged == bad.count)
    #expect(keys.senderUsers == ["2"])
  }

  @Test("a huge line costs no memory and only itself")
  func huge() throws {
    let fixture = try fixture()
    let lines = try fixture.text().split(separator: "\n", maxSplits: 1)
    let huge = [UInt8](repeating: UInt8(ascii: "x"), count: 3 << 20)
    try fixture.put([UInt8]("\(lines[0])\n".utf8) + huge + [UInt8]("\n\(lines[1])".utf8))
    let found = try damages(fixture)
    #expect(found.map(\.cause) == [.tooLong])
    #expect(found[0].length == 3 << 20)
    #expect(try fixture.opened().counts.opened == 4)
    try fixture.put([UInt8]("\(lines[0])\n".utf8) + huge)
    #expect(try damages(fixture).map(\.cause) == [.tooLong])
  }

  @Test("a newer record version and a kind that is not known yet are skipped")
  func newer() throws {
    let fixture = try fixture()
    let text = try fixture.text()
    let lines = text.split(separator: "\n")
    let newer = lines[1].replacing("\"v\":1", with: "\"v\":2")
    let kind = lines[2].replacing("\"sender\"", with: "\"video\"")
    try fixture.put([UInt8]("\(lines[0])\n\(newer)\n\(kind)\n\(lines[3])\n".utf8))
    #expect(try damages(fixture).map(\.cause) == [.newerVersion])
    let keys = try fixture.opened()
    #expect(keys.senderUsers == ["3"])
    // Its box says another kind than the line.
    #expect(keys.counts.refused == 1)
  }

  @Test("no flipped bit traps, moves a secret or costs another line")
  func flipped() throws {
    let fixture = try fixture()
    let bytes = try fixture.bytes()
    for step in 0..<400 {
      var changed = bytes
      let index = step * bytes.count / 400
      changed[index] ^= 1 << UInt8(step % 8)
      try fixture.put(changed)
      let keys: CaptureKeys
      do { keys = try fixture.opened() } catch {
        Issue.record("byte \(index): \(error)")
        continue
      }
      // One line, or two when the line break between them is gone or one came to be.
      #expect(keys.counts.opened >= 2)
      for user in keys.senderUsers {
        #expect(["1", "2", "3"].contains(user))
        let secrets = keys.senders(user).map { $0.secret.copy() }
        #expect(secrets.allSatisfy { $0 == [UInt8](repeating: 0xB0, count: 16) })
      }
    }
  }

  @Test("missing and wrong keys: what the error says")
  func wrongKeys() throws {
    let fixture = try fixture()
    func failure(_ keys: [OperatorKey]) -> CaptureError? {
      do throws(CaptureError) {
        _ = try fixture.opened(keys)
        return nil
      } catch { return error }
    }
    #expect(failure([])?.code == .noKey)
    #expect(failure([])?.message.contains(fixture.keys[0].id) == true)
    var other = try OperatorKey.generate()
    #expect(failure([other])?.code == .badKey)
    other.source = .folder
    #expect(failure([other])?.code == .noKey)
    #expect(failure([other, fixture.keys[0]]) == nil)
    let text = try fixture.text().replacing("\"box\":\"", with: "\"box\":\"AAAA")
    try fixture.put([UInt8](text.utf8))
    #expect(failure(fixture.keys)?.code == .invalid)
  }

  @Test("a log without one readable record is no log without keys")
  func nothingReadable() throws {
    let fixture = try fixture()
    let sound = try fixture.text()
    for (damage, code) in [("1x", CaptureError.Code.invalid), ("2", .unsupportedVersion)] {
      try fixture.put([UInt8](sound.replacing("\"v\":1,", with: "\"v\":\(damage),").utf8))
      #expect { try fixture.opened() } throws: { ($0 as? CaptureError)?.code == code }
    }
  }

  @Test("no keys are needed where none are")
  func noneNeeded() throws {
    let plain = try KeyLogFixture(encrypted: false)
    #expect(try plain.opened([]).counts == .init())
    let empty = try KeyLogFixture()
    #expect(try empty.opened([]).counts == .init())
    let missing = try TemporaryFolder()
    var code: CaptureError.Code?
    do { _ = try CaptureKeys.open(missing.path.appending("x"), with: []) } catch {
      code = error.code
    }
    #expect(code == .notFound)
  }

  @Test("a lost or damaged session.json does not lock the keys away")
  func damagedSession() throws {
    let fixture = try fixture()
    try fixture.put([UInt8]("{".utf8), "session.json")
    #expect(try fixture.opened().counts.opened == 4)
  }
}
