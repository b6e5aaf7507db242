internal import FoundationEssentials
internal import SystemPackage
internal import TestSupport
internal import Testing

@testable internal import CaptureLog

/// Reading while a recorder writes.
@Suite struct LiveReadingTests {
  let scratch: TemporaryFolder
  let folder: FilePath
  let part: URL

  init() throws {
    scratch = try TemporaryFolder()
    folder = scratch.path.appending("live")
    try FileManager.default.createDirectory(
      atPath: folder.string, withIntermediateDirectories: false)
    try SessionFile.write(CaptureFixture.session, in: folder)
    part = URL(filePath: folder.appending("segment-000000.pcapng.part").string)
  }

  @Test func upToTheLastWholeBlock() throws {
    let segment = try MemorySegment(packets: 20)
    let cut = segment.pieces[12].range.upperBound + 17
    try Data(segment.bytes[..<cut]).write(to: part)
    let lock = try CaptureLock(locking: folder)

    let first = try read(extent: nil)
    #expect(first.damages == [])
    #expect(first.packets.count + first.events.count == 11)
    let reader = try CaptureReader(opening: folder)
    let (extent, isComplete) = (reader.extent, reader.isComplete)
    #expect(extent.isLive)
    #expect(!isComplete)

    // The recorder writes on, and renames; a second pass of the same extent sees the same.
    try Data(segment.bytes).write(to: part)
    #expect(try read(extent: extent) == first)
    let report = try CaptureVerifier.verify(folder)
    #expect(report.isSound && report.live)
    try FileManager.default.moveItem(
      atPath: part.path(), toPath: folder.appending("segment-000000.pcapng").string)
    #expect(try read(extent: extent) == first)
    let all = try read(extent: nil)
    #expect(all.packets.count + all.events.count == 24)
    withExtendedLifetime(lock) {}
  }

  @Test func withoutALockTheTailIsTorn() throws {
    let segment = try MemorySegment(packets: 20)
    try Data(segment.bytes[..<(segment.pieces[12].range.upperBound + 17)]).write(to: part)
    let records = try read(extent: nil)
    #expect(records.damages.map(\.cause) == [.torn])
    #expect(records.damages.map(\.length) == [17])
  }

  /// A segment that an earlier process left torn is damage, also while another one writes.
  @Test func onlyTheLastSegmentGrows() throws {
    let segment = try MemorySegment(packets: 20)
    try Data(segment.bytes[..<(segment.pieces[12].range.upperBound + 17)]).write(to: part)
    var second = MemorySegment(first: 30, segment: 1)
    second.addPacket([1, 2, 3])
    try Data(second.bytes.dropLast(5)).write(
      to: URL(filePath: folder.appending("segment-000001.pcapng.part").string))
    let lock = try CaptureLock(locking: folder)
    let records = try read(extent: nil)
    #expect(
      records.damages == [
        CaptureDamage(
          cause: .torn, segment: "segment-000000.pcapng.part",
          offset: Int64(segment.pieces[12].range.upperBound), length: 17, missing: 17)
      ])
    withExtendedLifetime(lock) {}
  }

  private func read(extent: CaptureExtent?) throws -> [CaptureRecord] {
    var reader = try CaptureReader(opening: folder, extent: extent)
    var records: [CaptureRecord] = []
    while let record = try reader.next() { records.append(record) }
    return records
  }
}
