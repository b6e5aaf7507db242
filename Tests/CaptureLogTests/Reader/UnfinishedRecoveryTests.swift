internal import FoundationEssentials
internal import SystemPackage
internal import TestSupport
internal import Testing

@testable internal import CaptureLog

/// Recovery that cannot copy everything, or is not let to.
@Suite struct UnfinishedRecoveryTests {
  let scratch: TemporaryFolder
  let folder: FilePath
  let copy: FilePath

  init() throws {
    scratch = try TemporaryFolder()
    folder = scratch.path.appending("20261124T090002Z-1001-2002")
    copy = scratch.path.appending("copy")
  }

  @Test func anEventThatOutgrowsItsBlock() throws {
    var builder = try CaptureBuilder(
      creating: folder, session: CaptureFixture.session, synchronizes: false)
    let head = [UInt8](#"{"text":""#.utf8)
    for size in [10, SegmentFormat.maximumBlockSize - 400, 20] {
      let data = head + [UInt8](repeating: 0x61, count: size) + [UInt8](#""}"#.utf8)
      try builder.append(
        CaptureEvent(time: CaptureFixture.start, kind: "note", message: "note", data: data))
    }
    try builder.finish()
    // Every letter of the long one becomes a byte that is no UTF-8: the block holds it, since a
    // block is bytes, but each takes three when it is written anew.
    let path = URL(filePath: folder.appending("segment-000000.pcapng").string)
    var bytes = [UInt8](try Data(contentsOf: path))
    let letters = try #require(longestRun(of: 0x61, in: bytes))
    for index in letters { bytes[index] = 0xFF }
    let start = try #require(blockStart(of: letters.lowerBound, in: bytes))
    let length = Int(bytes.span.word(start + 4))
    let field = start + length - 4 - 12
    let end = try #require((field..<(start + length - 4)).last { bytes[$0] == 0x0A })
    let crc = bytes[start..<(start + length)].withUnsafeBytes {
      CRC32C.checksum(of: $0, fieldAt: end - 8 - start, isText: true)
    }
    let digits = String(crc, radix: 16)
    bytes.replaceSubrange(
      (end - 8)..<end, with: (String(repeating: "0", count: 8 - digits.count) + digits).utf8)
    try Data(bytes).write(to: path)
    #expect(try CaptureVerifier.verify(folder).isSound)

    let report = try CaptureRecovery.recover(folder, to: copy)
    #expect(report.events == 2)
    let damage = CaptureDamage(
      cause: .missingBlocks, segment: "segment-000000.pcapng", offset: Int64(start + length),
      length: 0, missing: 1)
    #expect(report.damages == [damage])
    #expect(try CaptureVerifier.verify(copy).isSound)
    let events = try CaptureFixture.records(copy).events
    #expect(events.map(\.kind) == ["note", RecoveredEvent.kind, "note", SegmentEndEvent.kind])
    #expect(events[1].payload(RecoveredEvent.self)?.damage == damage)
  }

  private func longestRun(of byte: UInt8, in bytes: [UInt8]) -> Range<Int>? {
    var longest: Range<Int>?
    var start: Int?
    for index in bytes.indices {
      guard bytes[index] == byte else {
        if let from = start, index - from > longest?.count ?? 0 { longest = from..<index }
        start = nil
        continue
      }
      if start == nil { start = index }
    }
    return longest
  }

  private func blockStart(of offset: Int, in bytes: [UInt8]) -> Int? {
    var start = 0
    while start + 8 <= bytes.count {
      let length = Int(bytes.span.word(start + 4))
      if length == 0 || offset < start + length { return length == 0 ? nil : start }
      start += length
    }
    return nil
  }

  @Test func cancelledWorkLeavesNothing() throws {
    try CaptureFixture.write(to: folder, packets: 20_000)
    let cancellation = CaptureCancellation()
    #expect(throws: CaptureError(.cancelled, "interrupted; nothing was kept")) {
      try CaptureRecovery.recover(folder, to: copy, cancellation: cancellation) { _ in
        cancellation.cancel()
      }
    }
    #expect(
      throws: CaptureError(.cancelled, "interrupted before the end")
    ) { try CaptureVerifier.verify(folder, cancellation: cancellation) }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path.string)
        == ["20261124T090002Z-1001-2002"])
  }

  /// What a process that must end right away does, while the work still holds the folder.
  @Test func removedInAHurry() throws {
    let cancellation = CaptureCancellation()
    let unfinished = try UnfinishedFolder(
      for: copy, prefix: "copy.tmp.", cancellation: cancellation)
    let other = try UnfinishedFolder(for: copy, prefix: "copy.tmp.", cancellation: cancellation)
    #expect(unfinished.path != other.path)
    let attributes = try FileManager.default.attributesOfItem(atPath: unfinished.path.string)
    #expect(attributes[.posixPermissions] as? Int == 0o700)
    try Data().write(to: URL(filePath: unfinished.path.appending("x").string))
    cancellation.removeTemporaryFolders()
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path.string).isEmpty)
    do throws(CaptureError) {
      try unfinished.commit()
      Issue.record("committed a folder that is gone")
    } catch {
      #expect(error.code == .notFound)
    }
  }
}
