internal import FoundationEssentials
internal import Glibc
internal import SystemPackage
internal import TestSupport
internal import Testing

@testable internal import CaptureLog

@Suite struct VerifyRecoverTests {
  let scratch: TemporaryFolder
  let folder: FilePath
  let copy: FilePath

  init() throws {
    scratch = try TemporaryFolder()
    folder = scratch.path.appending("20261124T090002Z-1001-2002")
    copy = scratch.path.appending("copy")
  }

  private func flip(_ number: UInt32, _ offset: Int) throws {
    let path = folder.appending(SegmentFormat.fileName(number, isPart: false)).string
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes[offset] ^= 0x40
    try bytes.write(to: URL(filePath: path))
  }

  private func snapshot() throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.string) {
      files[name] = try Data(contentsOf: URL(filePath: folder.appending(name).string))
    }
    return files
  }

  @Test func aSoundCapture() throws {
    try CaptureFixture.write(to: folder, packets: 200, segmentBytes: 8000)
    let report = try CaptureVerifier.verify(folder)
    #expect(report.isSound)
    #expect(report.complete)
    #expect(report.packets == 200)
    let segments = UInt64(report.segments.count)
    // Each segment has a header, an interface and an end.
    #expect(report.events == 20 + segments)
    #expect(report.blocks == 200 + 20 + 3 * segments)
  }

  @Test func recoverMakesACopyThatPasses() throws {
    try CaptureFixture.write(to: folder, packets: 200, segmentBytes: 8000)
    let whole = try CaptureFixture.records(folder)
    try flip(0, 3000)
    try flip(2, 4000)
    try FileManager.default.removeItem(
      atPath: folder.appending(SegmentFormat.fileName(4, isPart: false)).string)
    let before = try snapshot()
    let damaged = try CaptureVerifier.verify(folder)
    #expect(damaged.damages.count == 3)

    let report = try CaptureRecovery.recover(folder, to: copy)
    #expect(report.damages == damaged.damages)
    #expect(report.packets == damaged.packets)
    #expect(try snapshot() == before)
    let verified = try CaptureVerifier.verify(copy)
    #expect(verified.isSound)
    #expect(verified.complete)
    #expect(verified.packets == damaged.packets)

    let records = try CaptureFixture.records(copy)
    let noted = records.events.compactMap { $0.payload(RecoveredEvent.self)?.damage }
    #expect(noted == report.damages)
    let times = Set(whole.packets.map(\.time))
    #expect(records.packets.allSatisfy { times.contains($0.time) })
    #expect(permissions(copy) == 0o700)
    for name in try FileManager.default.contentsOfDirectory(atPath: copy.string) {
      #expect(permissions(copy.appending(name)) == 0o600)
    }
    // Nothing is left beside.
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path.string).sorted()
        == ["20261124T090002Z-1001-2002", "copy"])
  }

  @Test func packetsKeepTheirBytesAndAddresses() throws {
    var random = SplitMix64(seed: 4)
    var builder = try CaptureBuilder(
      creating: folder, session: CaptureFixture.session, synchronizes: false)
    try builder.addConnection(0, addresses: CaptureFixture.ipv4)
    try builder.addConnection(1, addresses: CaptureFixture.ipv6)
    for index in 0..<50 {
      let packet = random.bytes(index * 3)
      try builder.append(
        packet: packet.span, connection: UInt32(index % 2), time: CaptureFixture.time(index),
        isOutbound: index % 7 == 0)
    }
    try builder.finish()
    _ = try CaptureRecovery.recover(folder, to: copy)
    #expect(try datagrams(copy) == datagrams(folder))
  }

  private func datagrams(_ folder: FilePath) throws -> [[UInt8]] {
    var reader = try CaptureReader(opening: folder)
    var result: [[UInt8]] = []
    while let record = try reader.next() {
      guard case .packet(let packet) = record else { continue }
      let bytes = reader.withDatagram { span in span.indices.map { span[$0] } }
      result.append(bytes + [packet.isOutbound ? 1 : 0, UInt8(packet.connection)])
    }
    return result
  }

  @Test func aTornCaptureStaysIncomplete() throws {
    try CaptureFixture.write(to: folder, packets: 30)
    let path = folder.appending("segment-000000.pcapng")
    #expect(path.withPlatformString { truncate($0, 4001) } == 0)
    let report = try CaptureRecovery.recover(folder, to: copy)
    #expect(report.damages.map(\.cause) == [.torn])
    let verified = try CaptureVerifier.verify(copy)
    #expect(verified.isSound)
    #expect(!verified.complete)
  }

  @Test func keyLogLines() throws {
    var session = CaptureFixture.session
    session.encryptedAtRest = true
    var builder = try CaptureBuilder(creating: folder, session: session, synchronizes: false)
    try builder.addConnection(0, addresses: CaptureFixture.ipv4)
    try builder.append(packet: [1, 2, 3].span, connection: 0, time: CaptureFixture.start)
    try builder.finish()
    #expect(try CaptureVerifier.verify(folder).problems.map(\.file) == ["keys.jsonl"])

    #expect(FileManager.default.createFile(atPath: "\(folder)/keys.jsonl", contents: Data()))
    #expect(try CaptureVerifier.verify(folder).problems.map(\.file) == ["keys.jsonl"])

    let sound =
      #"{"v":1,"n":0,"kind":"transport","connection":0,"time":"2026-11-24T09:00:02Z","#
      + #""boxes":[{"key":"0123456789abcdef","box":"AAAA"}]}"#
    let lines = [
      sound, "not JSON", sound.replacing("\"connection\":0,", with: ""),
      sound.replacing("0123456789abcdef", with: "0123456789ABCDEF"),
      sound.replacing("AAAA", with: "?"), sound.replacing("\"v\":1", with: "\"v\":2"),
      sound.replacing("transport", with: "later_kind"),
    ]
    let text = lines.joined(separator: "\n") + "\n" + sound.prefix(30)
    let keys = URL(filePath: folder.appending("keys.jsonl").string)
    try Data(text.utf8).write(to: keys)
    let report = try CaptureVerifier.verify(folder)
    #expect(report.problems.map(\.line) == [2, 3, 4, 5, 6, 8])
    #expect(report.keyRecords == 2)

    try Data((sound + "\ngarbled\n" + sound).utf8).write(to: keys)
    let recovered = try CaptureRecovery.recover(folder, to: copy)
    #expect(recovered.keyRecords == 2)
    #expect(recovered.lostKeyLines == 1)
    #expect(try CaptureVerifier.verify(copy).isSound)
  }

  @Test func refusals() throws {
    try CaptureFixture.write(to: folder, packets: 3)
    try FileManager.default.createDirectory(
      atPath: copy.string, withIntermediateDirectories: false)
    try Data().write(to: URL(filePath: copy.appending("x").string))
    #expect(throws: CaptureError.self) { try CaptureRecovery.recover(folder, to: copy) }
    try FileManager.default.removeItem(atPath: copy.appending("x").string)
    // An empty folder will do.
    _ = try CaptureRecovery.recover(folder, to: copy)
    let lock = try CaptureLock(locking: folder)
    do {
      _ = try CaptureRecovery.recover(folder, to: scratch.path.appending("other"))
      Issue.record("recovered a capture that is being recorded")
    } catch {
      #expect(error.code == .locked)
    }
    withExtendedLifetime(lock) {}
  }

  @Test func theDigestIsThatOfTheContents() throws {
    try CaptureFixture.write(to: folder, packets: 50, segmentBytes: 4000)
    let digest = try CaptureDigest.digest(of: folder)
    let moved = scratch.path.appending("moved")
    try FileManager.default.moveItem(atPath: folder.string, toPath: moved.string)
    try FileManager.default.moveItem(
      atPath: moved.appending("segment-000001.pcapng").string,
      toPath: moved.appending("segment-000001.pcapng.part").string)
    #expect(try CaptureDigest.digest(of: moved) == digest)
    #expect(digest.utf8.count == 64)
    try FileManager.default.moveItem(atPath: moved.string, toPath: folder.string)
    try Data("{}".utf8).write(to: URL(filePath: folder.appending("keys.jsonl").string))
    let withKeys = try CaptureDigest.digest(of: folder)
    #expect(withKeys != digest)
    try FileManager.default.moveItem(
      atPath: folder.appending("segment-000001.pcapng.part").string,
      toPath: folder.appending("segment-000001.pcapng").string)
    try flip(1, 1000)
    #expect(try CaptureDigest.digest(of: folder) != withKeys)
  }

  private func permissions(_ path: FilePath) -> mode_t {
    var info = stat()
    guard path.withPlatformString({ lstat($0, &info) }) == 0 else { return 0 }
    return info.st_mode & 0o777
  }
}
