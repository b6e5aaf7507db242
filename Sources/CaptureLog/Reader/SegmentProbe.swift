internal import SystemPackage

/// What the first and the last block of a segment tell before it is read.
struct SegmentProbe {
  let segment: CaptureFolder.Segment
  private(set) var size: Int64 = 0
  /// Nil when the first block is damaged or says nothing of ours.
  private(set) var header: SegmentHeader?
  /// Why the segment ended, by its last block.
  private(set) var endReason: String?
  private(set) var isReadable = true

  /// Far more than a header or a `segment_end` needs.
  private static let span: Int64 = 4096

  /// - Throws: `.unsupportedVersion` for a newer format, `.notPermitted`.
  init(_ segment: CaptureFolder.Segment, in folder: FilePath) throws(CaptureError) {
    self.segment = segment
    let path = folder.appending(segment.name)
    do throws(Errno) {
      let source = try FileSource(opening: path)
      size = try source.size()
      try readEnd(source)
      var scanner = SegmentScanner(
        source, size: min(size, Self.span), isGrowing: true, window: Int(Self.span))
      if case .block(.sectionHeader(_, let header), _)? = scanner.next() {
        self.header = header
      }
    } catch {
      guard error != .permissionDenied else { throw CaptureError(error, "cannot read \(path)") }
      isReadable = false
    }
    guard let header else { return }
    do throws(CaptureError) {
      try FormatVersion.check(header.schema, against: SegmentFormat.schema, what: "\(path)")
    } catch {
      guard error.code == .invalid else { throw error }
      // Not our words: no header of ours.
      self.header = nil
    }
  }

  private mutating func readEnd(_ source: borrowing FileSource) throws(Errno) {
    let length = min(size, Self.span)
    guard length >= 12 else { return }
    var bytes = [UInt8](repeating: 0, count: Int(length))
    guard try source.read(at: size - length, into: &bytes, range: 0..<bytes.count) == bytes.count
    else { return }
    let last = Int(bytes.span.word(bytes.count - 4))
    guard last >= 12, last <= bytes.count else { return }
    let block = bytes.span.extracting((bytes.count - last)..<bytes.count)
    guard block.word(0) == BlockType.journal.rawValue, Int(block.word(4)) == last,
      BlockParser.isSound(block, type: .journal),
      let event = JournalParser.event(block)
    else { return }
    endReason = event.payload(SegmentEndEvent.self)?.reason
  }
}
