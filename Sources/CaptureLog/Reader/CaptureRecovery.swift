public import SystemPackage

/// Makes a clean copy of a damaged capture.
public enum CaptureRecovery {
  /// What was copied and what was not.
  public struct Report: Codable, Sendable, Equatable {
    public var capture: String
    public var packets: UInt64 = 0
    public var events: UInt64 = 0
    /// In the original, as the copy's `recovered` events say; and, as missing blocks, events that
    /// no block can hold when encoded anew.
    public var damages: [CaptureDamage] = []
    public var keyRecords: UInt64 = 0
    /// Key log lines that were no record and are not in the copy.
    public var lostKeyLines: UInt64 = 0
    /// `session.json` was lost and is made from the segments.
    public var sessionMade: Bool

    private enum CodingKeys: String, CodingKey {
      case capture, packets, events, damages
      case keyRecords = "key_records"
      case lostKeyLines = "lost_key_lines"
      case sessionMade = "session_made"
    }
  }

  /// Copies every sound record to a new folder; the original is only read.
  ///
  /// Blocks are numbered anew without holes; where the original is damaged, the copy has a
  /// ``RecoveredEvent``. Sound lines of the key logs and `session.json` are copied. The folder
  /// appears by one rename when all of it is on disk.
  ///
  /// - Parameters:
  ///   - folder: The capture.
  ///   - destination: A folder that does not exist or is empty.
  ///   - cancellation: Stops it; nothing is left then.
  ///   - progress: Told from 0 to 1 how far it is.
  /// - Throws: `.locked` while the capture is being recorded, `.exists`, `.cancelled`, and what
  ///   reading and writing throw.
  public static func recover(
    _ folder: FilePath, to destination: FilePath,
    cancellation: CaptureCancellation = CaptureCancellation(),
    progress: (Double) -> Void = { _ in }
  ) throws(CaptureError) -> Report {
    var reader = try CaptureReader(opening: folder)
    guard !reader.extent.isLive else {
      throw CaptureError(.locked, "\(folder) is still being recorded; recover it when it has ended")
    }
    let copy = try makeFolder(for: destination, cancellation)
    let report = try Self.copy(&reader, to: copy.path, cancellation, progress)
    try copy.commit()
    progress(1)
    return report
  }

  private static func copy(
    _ reader: inout CaptureReader, to folder: FilePath, _ cancellation: CaptureCancellation,
    _ progress: (Double) -> Void
  ) throws(CaptureError) -> Report {
    var report = Report(
      capture: reader.session.id, sessionMade: reader.extent.sessionProblem != nil)
    var builder = try CaptureBuilder(creating: folder, session: reader.session)
    var time = max(0, Int64(reader.session.startUnixNanoseconds) ?? 0)
    var records = 0
    while let record = try reader.next() {
      try cancellation.check()
      switch record {
      case .packet(let packet):
        time = packet.time
        try reader.withDatagram { datagram throws(CaptureError) in
          try builder.append(
            datagram: datagram, connection: packet.connection, time: packet.time,
            isOutbound: packet.isOutbound)
        }
        report.packets += 1
      case .event(let event):
        time = event.time
        // The copy has its own segments.
        guard event.kind != SegmentEndEvent.kind else { continue }
        do throws(CaptureError) {
          try builder.append(event)
          report.events += 1
        } catch {
          guard error.code == .invalid else { throw error }
          // Invalid UTF-8 is replaced by more bytes, which a block of near 1 MiB has no room for.
          try note(reader.missingBlock, at: time, in: &builder, &report)
        }
      case .damage(let damage): try note(damage, at: time, in: &builder, &report)
      }
      records += 1
      if records.isMultiple(of: 10_000) { progress(reader.progress) }
    }
    try builder.finish(reason: reader.extent.endReason ?? CaptureExtent.recoveredReason)
    try copyKeys(from: reader.folder, to: folder, cancellation, report: &report)
    return report
  }

  /// Says in the copy what it does not hold.
  private static func note(
    _ damage: CaptureDamage, at time: Int64, in builder: inout CaptureBuilder,
    _ report: inout Report
  ) throws(CaptureError) {
    report.damages.append(damage)
    try builder.append(CaptureEvent(RecoveredEvent(damage: damage), time: time))
  }

  private static func copyKeys(
    from source: FilePath, to folder: FilePath, _ cancellation: CaptureCancellation,
    report: inout Report
  ) throws(CaptureError) {
    let files = SystemFileOperations()
    for name in try CaptureFolder(listing: source).keyFiles {
      var lines = KeyLogReader(folder: source, files: [name])
      let file: OpenFile
      do throws(Errno) { file = try files.create(folder.appending(name)) } catch {
        throw CaptureError(error, "cannot create \(folder.appending(name))")
      }
      defer { files.close(file) }
      var failure: Errno?
      while failure == nil, let line = try lines.nextLine() {
        try cancellation.check()
        guard line.length > 0 else { continue }
        guard isKept(line, file: name) else {
          report.lostKeyLines += 1
          continue
        }
        let bytes = line.bytes + [0x0A]
        failure = files.writeAll(bytes.span, to: file).error
        report.keyRecords += 1
      }
      if let error = failure ?? files.synchronizeOnce(file) {
        throw CaptureError(error, "cannot write \(folder.appending(name))")
      }
    }
  }

  /// Records, and whole lines of a newer version, which another build may read.
  static func isKept(_ line: KeyLineSplitter.Line, file: String) -> Bool {
    switch KeyLogReader.entry(line, file: file) {
    case .record: true
    case .damage(let damage): damage.cause == .newerVersion && line.isEnded
    }
  }

  /// Checks the destination and makes a folder beside it.
  private static func makeFolder(
    for destination: FilePath, _ cancellation: CaptureCancellation
  ) throws(CaptureError) -> UnfinishedFolder {
    let path = destination.lexicallyNormalized()
    guard let name = path.lastComponent?.string, !name.isEmpty else {
      throw CaptureError(.exists, "\(destination) cannot be made; choose another folder")
    }
    do throws(CaptureError) {
      guard try CaptureFolder.names(in: path).isEmpty else {
        throw CaptureError(.exists, "\(path) exists and is not empty; choose another folder")
      }
    } catch {
      guard error.code == .notFound else {
        throw error.code == .invalid
          ? CaptureError(.exists, "\(path) is a file; choose another folder") : error
      }
    }
    return try UnfinishedFolder(for: path, prefix: "\(name).tmp.", cancellation: cancellation)
  }
}
