internal import FoundationEssentials
public import SystemPackage

/// Reads a whole capture and reports everything that is damaged or missing.
public enum CaptureVerifier {
  /// Verifies checksums, running numbers and segment numbers, `session.json`, and the clear part
  /// of the key logs. Sealed boxes are opened by nobody here.
  ///
  /// - Parameters:
  ///   - folder: The capture.
  ///   - cancellation: Stops it.
  ///   - progress: Told from 0 to 1 how far it is, some times a second.
  /// - Throws: What opening or reading throws, and `.cancelled`; damage is no error.
  public static func verify(
    _ folder: FilePath, cancellation: CaptureCancellation = CaptureCancellation(),
    progress: (Double) -> Void = { _ in }
  ) throws(CaptureError) -> VerifyReport {
    var reader = try CaptureReader(opening: folder)
    let extent = reader.extent
    var report = VerifyReport(
      capture: reader.session.id, complete: reader.isComplete, live: extent.isLive)
    report.segments = extent.segments.map { .init(name: $0.name, bytes: $0.size) }
    if let problem = extent.sessionProblem {
      report.problems.append(
        .init(file: SessionFile.name, line: nil, message: problem, recoverable: true))
    }
    var records = 0
    while let record = try reader.next() {
      try cancellation.check(interrupted)
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
    try verifyKeys(
      folder, isLive: extent.isLive, session: reader.session, cancellation, report: &report)
    progress(1)
    return report
  }

  private static let interrupted = "interrupted before the end"

  private static func verifyKeys(
    _ folder: FilePath, isLive: Bool, session: SessionInfo, _ cancellation: CaptureCancellation,
    report: inout VerifyReport
  ) throws(CaptureError) {
    let files = try CaptureFolder(listing: folder).keyFiles
    let problems = report.problems.count
    for file in files {
      do throws(CaptureError) {
        try verifyKeys(folder, file: file, isLive: isLive, cancellation, report: &report)
      } catch {
        guard error.code != .notPermitted, error.code != .cancelled else { throw error }
        report.problems.append(
          .init(file: file, line: nil, message: "cannot be read", recoverable: false))
      }
    }
    // Files without a line that could be a record, say cut to nothing, count like missing ones.
    if report.keyRecords == 0, report.problems.count == problems, session.encryptedAtRest,
      report.packets > 0, files.isEmpty || !isLive
    {
      let what = files.isEmpty ? "missing" : "empty"
      report.problems.append(
        .init(
          file: files.first ?? "keys.jsonl", line: nil,
          message: "\(what), so that nobody can open the capture's packets", recoverable: false))
    }
  }

  private static func verifyKeys(
    _ folder: FilePath, file: String, isLive: Bool, _ cancellation: CaptureCancellation,
    report: inout VerifyReport
  ) throws(CaptureError) {
    var lines = KeyLogReader(folder: folder, files: [file])
    while let line = try lines.nextLine() {
      try cancellation.check(interrupted)
      guard line.length > 0 else { continue }
      let message: String?
      switch KeyLogReader.entry(line, file: file) {
      case .record(let record): message = problem(record)
      case .damage(let damage):
        // The line that is being written.
        if isLive, damage.cause == .torn { continue }
        message = describe(damage.cause)
      }
      if let message {
        report.problems.append(
          .init(
            file: file, line: line.number, message: message,
            recoverable: !CaptureRecovery.isKept(line, file: file)))
      } else {
        report.keyRecords += 1
      }
    }
  }

  private static func describe(_ cause: KeyLogDamage.Cause) -> String {
    switch cause {
    case .garbled: "no key record"
    case .torn: "torn: the file ends within the line"
    case .tooLong: "longer than any key record"
    case .newerVersion: "of a newer version than this build reads"
    }
  }

  private static func problem(_ record: SealedKeyRecord) -> String? {
    guard !record.boxes.isEmpty else { return "has no box, so that no key opens it" }
    for box in record.boxes {
      let isID = box.key.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
      }
      guard isID, box.key.utf8.count == 16 else { return "has a key id that is none" }
      guard let sealed = Data(base64Encoded: box.box), !sealed.isEmpty else {
        return "has a box that is not base64"
      }
    }
    return nil
  }
}
