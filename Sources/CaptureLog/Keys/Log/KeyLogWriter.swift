package import SystemPackage

/// Appends sealed records to the key log of a capture.
///
/// A torn file is never appended to: each writer begins a file of its own (`keys.jsonl`, then
/// `keys-000001.jsonl`, …), and goes on in a new one after an error. Numbers go on over all files.
package struct KeyLogWriter: ~Copyable {
  private let folder: FilePath
  private let recipients: [OperatorPublicKey]
  private let files: any FileOperations
  private var file: OpenFile?
  /// The number of the file to create next.
  private var nextFile: UInt32
  /// The number of the next record.
  package private(set) var nextNumber: UInt64

  /// Begins a key file in a capture folder, behind what is there.
  ///
  /// - Parameters:
  ///   - folder: the capture's folder.
  ///   - recipients: every record is sealed to each of them.
  ///   - files: the file system.
  /// - Throws: `.noKey` without recipients, `.noSpace`, `.notPermitted`, `.io`.
  package init(
    in folder: FilePath, recipients: [OperatorPublicKey],
    files: any FileOperations = SystemFileOperations()
  ) throws(CaptureError) {
    guard !recipients.isEmpty else {
      throw CaptureError(
        .noKey, "there is no public key to seal the capture's keys to; make one: tapedeck keys new")
    }
    let present = try CaptureFolder(listing: folder).keyFiles
    var next: UInt64 = 0
    var reader = KeyLogReader(folder: folder, files: present)
    while let entry = try reader.next() {
      if case .record(let record) = entry, record.number < UInt64.max {
        next = max(next, record.number + 1)
      }
    }
    var nextFile = present.compactMap(Self.fileNumber).max().map { $0 &+ 1 } ?? 0
    file = try Self.createFile(&nextFile, in: folder, files: files)
    self.folder = folder
    self.recipients = recipients
    self.files = files
    self.nextFile = nextFile
    nextNumber = next
  }

  deinit {
    if let file { files.close(file) }
  }

  /// Seals the records, writes them and waits until they are on the medium.
  ///
  /// After an error of the file they are written once more, to a new file; readers drop what is
  /// there twice.
  ///
  /// - Throws: `.invalid` for a record with a wrong user id or secret length; `.noSpace`,
  ///   `.notPermitted`, `.io` when the new file fails as well. The writer can be used again.
  package mutating func append(_ records: [KeyRecord]) throws(CaptureError) {
    var lines: [UInt8] = []
    for (index, record) in records.enumerated() {
      let sealed = try SealedKeyRecord(
        sealing: record, number: nextNumber &+ UInt64(index), to: recipients)
      lines += sealed.line
    }
    nextNumber &+= UInt64(records.count)
    guard try !write(lines) else { return }
    guard try !write(lines) else { return }
    throw lastError
  }

  /// As ``append(_:)`` for one record.
  package mutating func append(_ record: KeyRecord) throws(CaptureError) {
    try append([record])
  }

  /// Leaves the current file; the next record goes to a new one. For a sync that takes too long.
  package mutating func abandonFile() {
    if let file { files.close(file) }
    file = nil
  }

  private var lastError = CaptureError(.io, "the key log cannot be written")

  /// Writes and syncs; false after an error, when the file is abandoned.
  private mutating func write(_ lines: [UInt8]) throws(CaptureError) -> Bool {
    let file: OpenFile
    if let current = self.file {
      file = current
    } else {
      file = try Self.createFile(&nextFile, in: folder, files: files)
      self.file = file
    }
    guard let error = files.writeAll(lines.span, to: file).error ?? files.synchronizeOnce(file)
    else { return true }
    lastError = CaptureError(error, "cannot write the key log in \(folder)")
    abandonFile()
    return false
  }

  private static func createFile(
    _ number: inout UInt32, in folder: FilePath, files: any FileOperations
  ) throws(CaptureError) -> OpenFile {
    while true {
      let path = folder.appending(fileName(number))
      number &+= 1
      do throws(Errno) {
        let file = try files.create(path)
        try files.synchronizeFolder(folder)
        return file
      } catch {
        if error == .fileExists, number < 1_000_000 { continue }
        throw CaptureError(error, "cannot create \(path)")
      }
    }
  }

  static func fileName(_ number: UInt32) -> String {
    guard number > 0 else { return "keys.jsonl" }
    let digits = String(number)
    return "keys-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".jsonl"
  }

  private static func fileNumber(_ name: String) -> UInt32? {
    name == fileName(0) ? 0 : UInt32(name.dropFirst("keys-".count).dropLast(".jsonl".count))
  }
}
