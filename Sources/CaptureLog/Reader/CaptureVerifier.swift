public import SystemPackage

/// Reads a whole capture and reports everything that is damaged or missing.
public enum CaptureVerifier {
  /// Verifies checksums, running numbers and segment numbers, `session.json`, and the clear part
  /// of the key logs. Sealed boxes are opened by nobody here.
  ///
  /// - Parameter progress: Told from 0 to 1 how far it is, some times a second.
  /// - Throws: What opening or reading throws; damage is no error.
  public static func verify(
    _ folder: FilePath, progress: (Double) -> Void = { _ in }
  ) throws(CaptureError) -> VerifyReport {
    var reader = try CaptureReader(opening: folder)
    let extent = reader.extent
    var report = VerifyReport(
      capture: reader.session.id, complete: reader.isComplete, live: extent.isLive)
    report.segments = extent.segments.map { .init(name: $0.name, bytes: $0.size) }
    if let problem = extent.sessionProblem {
      report.problems.append(.init(file: SessionFile.name, line: nil, message: problem))
    }
    var records = 0
    while let record = try reader.next() {
      switch record {
      case .packet: report.segments[reader.segmentIndex].packets += 1
      case .event: report.segments[reader.segmentIndex].events += 1
      case .damage(let damage): report.add(damage)
      }
      records += 1
      if records.isMultiple(of: 10_000) { progress(reader.progress) }
    }
    for (index, count) in reader.blockCounts.enumerated() {
      report.segments[index].blocks = count
    }
    try verifyKeys(folder, isLive: extent.isLive, session: reader.session, report: &report)
    progress(1)
    return report
  }

  private static func verifyKeys(
    _ folder: FilePath, isLive: Bool, session: SessionInfo, report: inout VerifyReport
  ) throws(CaptureError) {
    let files = try CaptureFolder(listing: folder).keyFiles
    if files.isEmpty, session.encryptedAtRest, report.packets > 0 {
      report.problems.append(
        .init(
          file: "keys.jsonl", line: nil,
          message: "missing, so that nobody can open the capture's packets"))
    }
    for file in files {
      let path = folder.appending(file)
      do throws(Errno) {
        var lines = try LineReader(FileSource(opening: path))
        while let line = try lines.next() {
          // The line that is being written.
          if isLive, !line.isWhole { break }
          if let message = KeyLine.problem(line) {
            report.problems.append(.init(file: file, line: lines.number, message: message))
          } else {
            report.keyRecords += 1
          }
        }
      } catch {
        guard error != .permissionDenied else { throw CaptureError(error, "cannot read \(path)") }
        report.problems.append(.init(file: file, line: nil, message: "cannot be read: \(error)"))
      }
    }
  }
}
