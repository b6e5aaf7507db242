internal import FoundationEssentials
internal import Glibc
internal import SystemPackage
internal import TestSupport
internal import Testing

@testable internal import CaptureLog

/// Whole folders: missing, swapped, doubled and foreign segments, lost headers and sessions.
@Suite struct CaptureFolderTests {
  let scratch: TemporaryFolder
  let folder: FilePath

  init() throws {
    scratch = try TemporaryFolder()
    folder = scratch.path.appending("20261124T090002Z-1001-2002")
  }

  /// Seven or so segments, 200 packets and 20 events.
  private func write() throws {
    try CaptureFixture.write(to: folder, packets: 200, segmentBytes: 8000)
  }

  private func file(_ number: UInt32, isPart: Bool = false) -> String {
    folder.appending(SegmentFormat.fileName(number, isPart: isPart)).string
  }

  @Test func missingSegment() throws {
    try write()
    let all = try CaptureFixture.records(folder)
    try FileManager.default.removeItem(atPath: file(2))
    try FileManager.default.removeItem(atPath: file(3))
    let rest = try CaptureFixture.records(folder)
    #expect(rest.damages.count == 1)
    let damage = try #require(rest.damages.first)
    #expect(damage.cause == .missingSegment)
    #expect(damage.segment == "segment-000002.pcapng to segment-000003.pcapng")
    let lost = all.packets.count + all.events.count - rest.packets.count - rest.events.count
    // The headers of the two segments are blocks too.
    #expect(damage.missing == UInt64(lost + 4))
  }

  @Test func missingFirstSegment() throws {
    try write()
    try FileManager.default.removeItem(atPath: file(0))
    let records = try CaptureFixture.records(folder)
    #expect(records.damages.map(\.segment) == ["segment-000000.pcapng"])
    #expect(records.damages.allSatisfy { $0.cause == .missingSegment && $0.missing > 10 })
  }

  @Test func swappedSegmentsAreReadInTheirOrder() throws {
    try write()
    let all = try CaptureFixture.records(folder)
    let aside = folder.appending("aside").string
    try FileManager.default.moveItem(atPath: file(1), toPath: aside)
    try FileManager.default.moveItem(atPath: file(3), toPath: file(1))
    try FileManager.default.moveItem(atPath: aside, toPath: file(3))
    let records = try CaptureFixture.records(folder)
    #expect(records.packets == all.packets)
    #expect(records.events == all.events)
    #expect(records.damages.map(\.cause) == [.outOfOrder, .outOfOrder])
    #expect(
      records.damages.map(\.segment) == ["segment-000003.pcapng", "segment-000001.pcapng"])
  }

  @Test func duplicateAndForeignSegments() throws {
    try write()
    let all = try CaptureFixture.records(folder)
    try FileManager.default.copyItem(atPath: file(1), toPath: file(1, isPart: true))
    var records = try CaptureFixture.records(folder)
    #expect(records.packets == all.packets)
    #expect(records.damages.map(\.cause) == [.duplicateSegment])
    try FileManager.default.removeItem(atPath: file(1, isPart: true))

    let other = scratch.path.appending("other")
    var session = CaptureFixture.session
    session.id = "another"
    let builder = try CaptureBuilder(creating: other, session: session, synchronizes: false)
    try builder.finish()
    try FileManager.default.removeItem(atPath: file(2))
    try FileManager.default.copyItem(
      atPath: other.appending("segment-000000.pcapng").string, toPath: file(2))
    records = try CaptureFixture.records(folder)
    #expect(records.damages.map(\.cause) == [.foreignSegment])
    #expect(records.damages.first?.missing ?? 0 > 10)
  }

  @Test func linksAndPipesAreNotRead() throws {
    try write()
    try FileManager.default.removeItem(atPath: file(1))
    #expect(symlink(file(2), file(1)) == 0)
    try FileManager.default.removeItem(atPath: file(3))
    #expect(mkfifo(file(3), 0o600) == 0)
    let records = try CaptureFixture.records(folder)
    #expect(records.damages.map(\.cause) == [.unreadable, .unreadable])
  }

  @Test func damagedHeadersAreBridged() throws {
    try write()
    let all = try CaptureFixture.records(folder)
    for number in [0, 2] as [UInt32] {
      var bytes = try Data(contentsOf: URL(filePath: file(number)))
      for index in 0..<bytes.count where index < 400 && index % 50 == 20 { bytes[index] ^= 0x10 }
      try bytes.write(to: URL(filePath: file(number)))
    }
    let records = try CaptureFixture.records(folder)
    let lost = all.packets.count - records.packets.count
    #expect(lost <= 6)
    #expect(records.packets.allSatisfy { $0.connection == 0 })
    #expect(records.damages.allSatisfy { $0.cause == .checksum || $0.cause == .garbage })
  }

  @Test func lostSessionIsMadeFromTheSegments() throws {
    try write()
    try FileManager.default.removeItem(atPath: folder.appending("session.json").string)
    let reader = try CaptureReader(opening: folder)
    let session = reader.session
    #expect(session.guildID == "1001")
    #expect(session.channelID == "2002")
    #expect(session.start == "2026-11-24T09:00:02Z")
    #expect(session.startUnixNanoseconds == CaptureFixture.session.startUnixNanoseconds)
    #expect(session.source == "simulated")
    #expect(session.encryptedAtRest == false)
    let report = try CaptureVerifier.verify(folder)
    #expect(report.problems.map(\.file) == ["session.json"])
    #expect(!report.isSound)
  }

  @Test func newerVersionsAreRefused() throws {
    var session = CaptureFixture.session
    session.schema = "tapedeck.capture/2"
    let builder = try CaptureBuilder(creating: folder, session: session, synchronizes: false)
    try builder.finish()
    #expect(code { _ = try CaptureReader(opening: folder) } == .unsupportedVersion)

    // A newer segment format.
    try SessionFile.write(CaptureFixture.session, in: folder)
    var header = SegmentHeader(session: CaptureFixture.session, segment: 0)
    header.schema = "segment/2"
    let block = Data(BlockEncoder.sectionHeader(number: 0, header: header))
    try block.write(to: URL(filePath: file(0)))
    #expect(code { _ = try CaptureReader(opening: folder) } == .unsupportedVersion)
  }

  @Test func whatIsNoCapture() throws {
    #expect(code { _ = try CaptureReader(opening: folder) } == .notFound)
    try FileManager.default.createDirectory(
      atPath: folder.string, withIntermediateDirectories: false)
    #expect(code { _ = try CaptureReader(opening: folder) } == .invalid)
    try Data("x".utf8).write(to: URL(filePath: folder.appending("session.json").string))
    #expect(code { _ = try CaptureReader(opening: folder) } == .invalid)
    #expect(
      code { _ = try CaptureReader(opening: folder.appending("session.json")) } == .invalid)
  }

  @Test func aCaptureWithoutEndIsNotComplete() throws {
    try CaptureFixture.write(to: folder, packets: 20, finished: false)
    #expect(try isComplete(folder) == false)
    let other = scratch.path.appending("finished")
    try CaptureFixture.write(to: other, packets: 20)
    #expect(try isComplete(other))
  }

  /// Neither without the last segment nor while that is `.part`; an earlier one may have stayed
  /// `.part` when its recorder was killed and taken up again.
  @Test func completeIsEnded() throws {
    try write()
    #expect(try isComplete(folder))
    try FileManager.default.moveItem(atPath: file(1), toPath: file(1, isPart: true))
    #expect(try isComplete(folder))
    #expect(try CaptureVerifier.verify(folder).isSound)
    let last = UInt32(try CaptureFolder(listing: folder).segments.count - 1)
    try FileManager.default.moveItem(atPath: file(last), toPath: file(last, isPart: true))
    #expect(try isComplete(folder) == false)
    try FileManager.default.removeItem(atPath: file(last, isPart: true))
    #expect(try isComplete(folder) == false)
  }

  /// Two segments four thousand million numbers apart.
  @Test func numbersFarApart() throws {
    try write()
    try FileManager.default.copyItem(atPath: file(1), toPath: file(.max))
    let records = try CaptureFixture.records(folder)
    #expect(records.damages.contains { $0.cause == .missingSegment })
    #expect(records.damages.count < 5)
  }

  private func isComplete(_ folder: FilePath) throws -> Bool {
    let reader = try CaptureReader(opening: folder)
    return reader.isComplete
  }

  private func code(_ body: () throws -> Void) -> CaptureError.Code? {
    do {
      try body()
      return nil
    } catch {
      return (error as? CaptureError)?.code
    }
  }
}
