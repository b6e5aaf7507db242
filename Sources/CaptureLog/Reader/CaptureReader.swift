public import SystemPackage

/// Reads a capture's records in the order they were written, over all segments.
///
/// Every block's checksum is verified; what is damaged is skipped and reported as
/// ``CaptureRecord/damage(_:)``. Nothing is ever changed in the capture. A capture that is still
/// being written is read up to the last whole block it had when it was opened.
///
///     var reader = try CaptureReader(opening: folder)
///     while let record = try reader.next() {
///       guard case .packet(let packet) = record else { continue }
///       reader.withPayload { bytes in … }
///     }
public struct CaptureReader: ~Copyable {
  /// Bytes read at once, unless others are asked for: what fits a core's cache.
  public static let defaultWindow = 256 << 10

  /// The capture's folder.
  public let folder: FilePath
  /// What was found at opening; give it to another reader to read the same records again.
  public let extent: CaptureExtent
  private var records: RecordReader<FileSource>
  /// Index in the extent of the segment that is next.
  private var following = 0
  private var isReading = false
  /// Segment number that the next one should have.
  private var expected: UInt32 = 0

  /// Opens a capture.
  ///
  /// - Parameters:
  ///   - folder: The capture.
  ///   - window: Bytes of memory for reading; grows to 2 MiB where large blocks or damage need it.
  ///   - extent: How far to read; that of an earlier reader, or nil for all there is now.
  /// - Throws: `.notFound`, `.invalid`, `.unsupportedVersion`, `.notPermitted`, `.io`.
  public init(
    opening folder: FilePath, window: Int = CaptureReader.defaultWindow,
    extent: CaptureExtent? = nil
  ) throws(CaptureError) {
    self.folder = folder
    let found: CaptureExtent
    if let extent { found = extent } else { found = try CaptureExtent(of: folder) }
    self.extent = found
    blockCounts = [UInt64](repeating: 0, count: found.segments.count)
    records = RecordReader(window: window)
  }

  /// The session, made from the segments' headers where `session.json` is lost.
  public var session: SessionInfo { extent.session }

  /// Whether the recording ended: see ``CaptureExtent/isComplete``.
  public var isComplete: Bool { extent.isComplete }

  /// Index in the extent of the segment that the last record came from.
  package private(set) var segmentIndex = 0
  /// Sound blocks of each segment that was read to its end, headers included.
  package private(set) var blockCounts: [UInt64]

  /// How much of the capture has been read, from 0 to 1.
  public var progress: Double {
    let total = extent.segments.reduce(0) { $0 + Double($1.size) }
    let done = extent.segments.prefix(following).reduce(0) { $0 + Double($1.size) }
    guard total > 0, isReading else { return following < extent.segments.count ? 0 : 1 }
    return min(1, (done + Double(records.position())) / total)
  }

  /// The next record, nil at the end.
  ///
  /// - Throws: `.notPermitted`, `.io` when a segment cannot be opened any more.
  public mutating func next() throws(CaptureError) -> CaptureRecord? {
    while true {
      if isReading {
        if let record = records.next() { return record }
        blockCounts[following] = records.blockCount
        isReading = false
        following += 1
      }
      guard following < extent.segments.count else { return records.finish() }
      let segment = extent.segments[following]
      if segment.number > expected {
        let damage = missingSegments(expected..<segment.number)
        expected = segment.number
        if let record = records.report(damage) { return record }
      }
      // Of two with the same number the second is the duplicate, which is not read.
      expected = segment.number < .max ? segment.number + 1 : segment.number
      if let record = try open(segment) { return record }
    }
  }

  /// Lends the UDP payload of the packet that ``next()`` last returned.
  public func withPayload<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    // The reader is borrowed while `body` runs, so the shared window cannot change or be copied.
    let (window, range) = records.packet(withHeaders: false)
    return try body(window.span.extracting(range))
  }

  /// Lends the packet with its IP and UDP headers.
  func withDatagram<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    let (window, range) = records.packet(withHeaders: true)
    return try body(window.span.extracting(range))
  }

  /// The record that ``next()`` last returned as a damage, for a copy that cannot hold it.
  var missingBlock: CaptureDamage {
    CaptureDamage(
      cause: .missingBlocks, segment: extent.segments[segmentIndex].name,
      offset: records.position(), length: 0, missing: 1)
  }

  /// Begins a segment, and returns a damage that is complete by then.
  private mutating func open(
    _ segment: CaptureExtent.Segment
  ) throws(CaptureError) -> CaptureRecord? {
    segmentIndex = following
    if let problem = segment.problem, problem != .outOfOrder {
      following += 1
      return report(problem, of: segment)
    }
    do throws(Errno) {
      let source = try openFile(segment)
      let isLast = following == extent.segments.count - 1
      records.begin(
        source, name: segment.name, size: segment.size,
        isGrowing: extent.isLive && isLast && segment.name.hasSuffix(".part"))
      isReading = true
      return segment.problem.flatMap { report($0, of: segment) }
    } catch {
      guard error != .permissionDenied else {
        throw CaptureError(error, "cannot read \(folder.appending(segment.name))")
      }
      following += 1
      return report(.unreadable, of: segment)
    }
  }

  private mutating func report(
    _ cause: CaptureDamage.Cause, of segment: CaptureExtent.Segment
  ) -> CaptureRecord? {
    records.report(
      CaptureDamage(
        cause: cause, segment: segment.name, offset: 0,
        length: cause == .outOfOrder ? 0 : segment.size))
  }

  /// A segment may have lost its `.part` since it was listed.
  func openFile(_ segment: CaptureExtent.Segment) throws(Errno) -> FileSource {
    do throws(Errno) {
      return try FileSource(opening: folder.appending(segment.name))
    } catch {
      guard error == .noSuchFileOrDirectory else { throw error }
      let name = SegmentFormat.fileName(segment.named, isPart: false)
      return try FileSource(opening: folder.appending(name))
    }
  }

  private func missingSegments(_ range: Range<UInt32>) -> CaptureDamage {
    let first = SegmentFormat.fileName(range.lowerBound, isPart: false)
    let last = SegmentFormat.fileName(range.upperBound - 1, isPart: false)
    return CaptureDamage(
      cause: .missingSegment, segment: range.count == 1 ? first : "\(first) to \(last)",
      offset: 0, length: 0)
  }
}
