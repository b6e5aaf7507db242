public import SystemPackage
internal import VoiceCrypto

/// Adds recipients to a capture: whoever has one of its keys seals each record to further keys.
public enum CaptureReseal {
  public struct Report: Sendable, Equatable {
    /// Records that got a box.
    public var resealed = 0
    /// Records that were sealed to all the new recipients already.
    public var alreadySealed = 0
    /// Lines that are damaged, and stay as they are.
    public var damaged = 0
  }

  /// Seals every record of the key log to the new recipients as well.
  ///
  /// Each key file is replaced by a synced copy and one rename, then `session.json` names the new
  /// recipients: a reader sees old or new files, and running it again finishes what was cut short.
  ///
  /// - Parameters:
  ///   - capture: the capture's folder; its lock is held meanwhile.
  ///   - recipients: the public keys to add.
  ///   - keys: private keys that together open every record.
  /// - Throws: `.locked` while it is recorded, `.invalid` when the capture needs no keys, `.noKey`
  ///   or `.badKey` when a record does not open (nothing is written then), and what reading and
  ///   writing throw.
  public static func add(
    _ recipients: [OperatorPublicKey], to capture: FilePath, with keys: [OperatorKey]
  ) throws(CaptureError) -> Report {
    var session = try CaptureSession.read(capture)
    guard session.encryptedAtRest else {
      throw CaptureError(.invalid, "\(capture) is not encrypted and has no keys to reseal")
    }
    let lock = try CaptureLock(locking: capture)
    defer { withExtendedLifetime(lock) {} }
    // Wrong and missing keys are told before anything is written.
    _ = try CaptureKeys.open(capture, with: keys)
    let files = try CaptureFolder(listing: capture).keyFiles
    for file in files { try checkOpens(file, in: capture, to: recipients, with: keys) }
    var report = Report()
    for file in files {
      try rewrite(file, in: capture, to: recipients, with: keys, report: &report)
    }
    let new = recipients.map(\.id).filter { !session.recipients.contains($0) }
    if !new.isEmpty {
      for id in new where !session.recipients.contains(id) { session.recipients.append(id) }
      try SessionFile.write(session, in: capture)
    }
    return report
  }

  /// Whether a record lacks a box for one of the recipients.
  private static func lacksBox(
    _ record: SealedKeyRecord, for recipients: [OperatorPublicKey]
  ) -> Bool {
    recipients.contains { recipient in !record.boxes.contains { $0.key == recipient.id } }
  }

  private static func checkOpens(
    _ file: String, in capture: FilePath, to recipients: [OperatorPublicKey],
    with keys: [OperatorKey]
  ) throws(CaptureError) {
    var reader = KeyLogReader(folder: capture, files: [file])
    while let entry = try reader.next() {
      guard case .record(let record) = entry, lacksBox(record, for: recipients) else { continue }
      let isForUs = record.boxes.contains { box in keys.contains { $0.id == box.key } }
      guard isForUs || record.boxes.isEmpty else {
        let ids = record.boxes.prefix(4).map(\.key).joined(separator: ", ")
        throw CaptureError(
          .noKey,
          "record \(record.number) of \(file) is sealed to \(ids) only; "
            + "name one of those keys with --key too")
      }
    }
  }

  private static func rewrite(
    _ file: String, in capture: FilePath, to recipients: [OperatorPublicKey],
    with keys: [OperatorKey], report: inout Report
  ) throws(CaptureError) {
    var reader = KeyLogReader(folder: capture, files: [file])
    var copy = try ReplacementFile(of: capture.appending(file))
    var resealed = 0
    while let line = try reader.nextLine() {
      guard line.length > 0 else {
        try copy.append([0x0A])
        continue
      }
      if line.isTooLong {
        report.damaged += 1
        try copy.appendFromOriginal(
          offset: line.offset, length: line.length + (line.isEnded ? 1 : 0))
        continue
      }
      var record: SealedKeyRecord
      switch KeyLogReader.entry(line, file: file) {
      case .damage:
        report.damaged += 1
        try copy.append(line.bytes + (line.isEnded ? [0x0A] : []))
        continue
      case .record(let read): record = read
      }
      if !lacksBox(record, for: recipients) {
        report.alreadySealed += 1
      } else if let opened = try? record.open(with: keys) {
        try record.addBoxes(of: opened.plaintext, for: recipients)
        resealed += 1
        try copy.append(record.line)
        continue
      } else {
        report.damaged += 1
      }
      try copy.append(line.bytes + (line.isEnded ? [0x0A] : []))
    }
    if resealed > 0 { try copy.replaceOriginal() }
    report.resealed += resealed
  }
}
