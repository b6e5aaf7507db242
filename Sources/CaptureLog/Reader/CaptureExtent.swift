internal import SystemPackage

/// How far a capture reached when it was opened: which segments, and how much of each.
///
/// A capture that is still being written grows; two readers with the same extent read the same
/// records.
public struct CaptureExtent: Sendable, Equatable {
  /// Part of one segment's file.
  public struct Segment: Sendable, Equatable {
    public var number: UInt32
    /// File name when it was listed; a `.part` may have been renamed since.
    public var name: String
    /// Bytes.
    public var size: Int64
    /// The number in the name, where the header says that the segment is another one.
    var named: UInt32
    var problem: CaptureDamage.Cause?
  }

  /// In the order they are read.
  public private(set) var segments: [Segment] = []
  /// A process was writing the capture.
  public let isLive: Bool
  /// The recording ended: its last segment is no `.part` and closed with a `segment_end` event that
  /// nothing follows. A recorder that was killed and taken up again ended too; what it left torn is
  /// damage.
  public let isComplete: Bool
  /// Reason of that event, nil where the capture does not end with one.
  let endReason: String?
  let session: SessionInfo
  /// What was wrong with `session.json`; the session is then made from the segments' headers.
  package let sessionProblem: String?

  /// How the copy of a capture ends that did not end itself.
  static let recoveredReason = "recovered"
  /// Reasons of `segment_end` after which another segment should follow.
  private static let unfinished: Set<String> = [
    "rotation", "sync_error", "write_error", recoveredReason,
  ]

  init(of folder: FilePath) throws(CaptureError) {
    // Before the sizes are taken: a writer that ends in between has then written whole blocks.
    isLive = CaptureLock.isHeld(in: folder)
    let listing = try CaptureFolder(listing: folder)
    var probes: [SegmentProbe] = []
    for segment in listing.segments + listing.duplicates {
      probes.append(try SegmentProbe(segment, in: folder))
    }
    let headers = probes.compactMap(\.header)
    (session, sessionProblem) = try SessionRecovery.load(
      folder: folder, headers: headers, hasSegments: !probes.isEmpty,
      hasKeys: !listing.keyFiles.isEmpty)
    let id = session.id
    let isForeign = headers.contains { $0.capture == id }
    segments = probes.enumerated().map { index, probe in
      var segment = Segment(
        number: probe.segment.number, name: probe.segment.name, size: probe.size,
        named: probe.segment.number, problem: probe.isReadable ? nil : .unreadable)
      if index >= listing.segments.count {
        segment.problem = .duplicateSegment
      } else if let header = probe.header, isForeign, header.capture != id {
        segment.problem = .foreignSegment
      } else if let header = probe.header {
        segment.number = header.segment
      }
      return segment
    }
    let isPart = listing.segments.last?.isPart == true
    let reason = listing.segments.isEmpty ? nil : probes[listing.segments.count - 1].endReason
    endReason = reason
    isComplete = !isLive && !isPart && reason.map { !Self.unfinished.contains($0) } == true
    sortByHeader()
  }

  /// Puts segments into the order of the numbers in their headers, if each has its own.
  private mutating func sortByHeader() {
    let numbers = segments.filter { $0.problem == nil }.map(\.number)
    if Set(numbers).count != numbers.count {
      for index in segments.indices { segments[index].number = segments[index].named }
    }
    for index in segments.indices where segments[index].number != segments[index].named {
      segments[index].problem = .outOfOrder
    }
    segments.sort { ($0.number, $0.name) < ($1.number, $1.name) }
  }
}
