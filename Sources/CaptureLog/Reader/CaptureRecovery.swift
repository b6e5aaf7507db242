internal import Glibc
public import SystemPackage

/// Makes a clean copy of a damaged capture.
public enum CaptureRecovery {
  /// What was copied and what was not.
  public struct Report: Codable, Sendable, Equatable {
    public var capture: String
    public var packets: UInt64 = 0
    public var events: UInt64 = 0
    /// In the original, as the copy's `recovered` events say.
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
  ///   - destination: A folder that does not exist or is empty.
  ///   - progress: Told from 0 to 1 how far it is.
  /// - Throws: `.locked` while the capture is being recorded, `.exists`, and what reading and
  ///   writing throw.
  public static func recover(
    _ folder: FilePath, to destination: FilePath, progress: (Double) -> Void = { _ in }
  ) throws(CaptureError) -> Report {
    var reader = try CaptureReader(opening: folder)
    guard !reader.extent.isLive else {
      throw CaptureError(.locked, "\(folder) is still being recorded; recover it when it has ended")
    }
    let temporary = try prepare(destination)
    do throws(CaptureError) {
      let report = try copy(&reader, to: temporary, progress: progress)
      do throws(Errno) {
        let files = SystemFileOperations()
        try files.synchronizeFolder(temporary)
        try files.rename(temporary, to: destination)
        try files.synchronizeFolder(parent(of: destination))
      } catch {
        throw CaptureError(error, "cannot rename \(temporary) to \(destination)")
      }
      return report
    } catch {
      // Half a copy is of no use, and would be taken for a capture.
      removeFolder(temporary)
      throw error
    }
  }

  private static func copy(
    _ reader: inout CaptureReader, to folder: FilePath, progress: (Double) -> Void
  ) throws(CaptureError) -> Report {
    var report = Report(
      capture: reader.session.id, sessionMade: reader.extent.sessionProblem != nil)
    var builder = try CaptureBuilder(creating: folder, session: reader.session)
    var time = max(0, Int64(reader.session.startUnixNanoseconds) ?? 0)
    var records = 0
    while let record = try reader.next() {
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
        try builder.append(event)
        report.events += 1
      case .damage(let damage):
        report.damages.append(damage)
        try builder.append(CaptureEvent(RecoveredEvent(damage: damage), time: time))
      }
      records += 1
      if records.isMultiple(of: 10_000) { progress(reader.progress) }
    }
    try builder.finish(reason: reader.extent.endReason ?? CaptureExtent.recoveredReason)
    try copyKeys(from: reader.folder, to: folder, report: &report)
    progress(1)
    return report
  }

  private static func copyKeys(
    from source: FilePath, to folder: FilePath, report: inout Report
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
  private static func isKept(_ line: KeyLineSplitter.Line, file: String) -> Bool {
    switch KeyLogReader.entry(line, file: file) {
    case .record: true
    case .damage(let damage): damage.cause == .newerVersion && line.isEnded
    }
  }

  // MARK: Folders

  /// Checks the destination and gives the name of a folder beside it that is not there.
  private static func prepare(_ destination: FilePath) throws(CaptureError) -> FilePath {
    var path = destination.lexicallyNormalized()
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
    path.removeLastComponent()
    return path.appending("\(name).tmp.\(getpid())")
  }

  private static func parent(of path: FilePath) -> FilePath {
    var parent = path.lexicallyNormalized()
    parent.removeLastComponent()
    return parent.isEmpty ? "." : parent
  }

  /// Removes what this run made: a folder of plain files.
  private static func removeFolder(_ folder: FilePath) {
    for name in (try? CaptureFolder.names(in: folder)) ?? [] {
      _ = folder.appending(name).withPlatformString { unlink($0) }
    }
    _ = folder.withPlatformString { rmdir($0) }
  }
}
