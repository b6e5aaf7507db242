internal import SystemPackage

/// Where a capture that was left can be gone on with.
struct ResumePoint: Sendable, Equatable {
  var start = WriterStart()
  /// The latest session time in the segment read.
  var lastTime: Int64?
  /// Clocks of the boots that the session has seen, the last one last.
  var clocks: [SessionClock] = []

  /// Reads the last segment whose beginning is whole, and the key log. The segments before need not
  /// be read: each declares all connections, and then has the clock. What a killed recorder had just
  /// begun lacks that; and keys are stored before there is anything else of their connection.
  ///
  /// - Throws: `.notFound`, `.notPermitted`, `.io` when the folder or a file of it cannot be read.
  init(in folder: FilePath, session: SessionInfo) throws(CaptureError) {
    if let bootID = session.bootID, let clock = Self.clock(of: session, bootID: bootID) {
      clocks.append(clock)
    }
    let listing = try CaptureFolder(listing: folder)
    if let last = listing.segments.last { start.segment = last.number &+ 1 }
    for segment in listing.segments.reversed() {
      let path = folder.appending(segment.name)
      do throws(Errno) {
        if try read(path) { break }
      } catch {
        throw CaptureError(error, "cannot read \(path)")
      }
    }
    var keys = KeyLogReader(folder: folder, files: listing.keyFiles)
    while let entry = try keys.next() {
      if case .record(let record) = entry, let connection = record.head.connection {
        note(connections: connection &+ 1)
      }
    }
  }

  private static func clock(of session: SessionInfo, bootID: String) -> SessionClock? {
    guard let start = Int64(session.startUnixNanoseconds),
      let boottime = session.startBoottimeNanoseconds.flatMap({ Int64($0) })
    else { return nil }
    return SessionClock(bootID: bootID, origin: start &- boottime)
  }

  /// Returns false when the segment's beginning is not whole.
  private mutating func read(_ path: FilePath) throws(Errno) -> Bool {
    let source = try FileSource(opening: path)
    let size = try source.size()
    var scanner = SegmentScanner(source, size: size, isGrowing: false, window: 256 << 10)
    var hasClock = false
    var interfaces: UInt32 = 0
    while let item = scanner.next() {
      guard case .block(let block, _) = item else { continue }
      start.number = max(start.number, block.number &+ 1)
      switch block {
      case .sectionHeader: break
      case .interface:
        interfaces += 1
        note(connections: interfaces)
      case .packet(let packet):
        note(time: packet.time)
        note(connections: packet.connection &+ 1)
      case .event(let event):
        note(time: event.time)
        if let clock = event.payload(ClockEvent.self) {
          hasClock = true
          note(clock, at: event.time)
        }
      }
    }
    return hasClock
  }

  private mutating func note(time: Int64) {
    lastTime = max(lastTime ?? time, time)
  }

  private mutating func note(connections: UInt32) {
    start.connections = max(
      start.connections, min(connections, SegmentFormat.maximumConnection + 1))
  }

  private mutating func note(_ event: ClockEvent, at time: Int64) {
    // `session.json` has its boot's clock already.
    guard !clocks.contains(where: { $0.bootID == event.bootID }) else { return }
    clocks.append(
      SessionClock(
        bootID: event.bootID, origin: time &- event.boottimeNanoseconds,
        isBridged: event.bridged))
  }
}
