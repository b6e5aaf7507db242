package import CaptureLog
package import SystemPackage

/// Turns recordings that were not made by us into captures, so that the same offline stage renders
/// them.
package enum CaptureImporter {
  /// Imports one file.
  ///
  /// - Parameters:
  ///   - file: A Janus recording (`.mjr`), or a pcap or pcapng file.
  ///   - folder: The capture to make; its name becomes the capture's id.
  ///   - cancellation: Stops it.
  ///   - progress: Called now and then with the part that is done, 0 to 1; it stops the import by
  ///     throwing.
  /// - Throws: `.exists` when the folder exists and is not empty, `.notFound`, `.invalid` when the
  ///   file is no recording or holds no Opus, `.noSpace`, `.notPermitted`, `.io`, `.cancelled`.
  ///   Nothing is left behind then.
  package static func run(
    _ file: FilePath, to folder: FilePath, options: ImportOptions = ImportOptions(),
    cancellation: CaptureCancellation = CaptureCancellation(),
    progress: @escaping (Double) throws(CaptureError) -> Void = { _ throws(CaptureError) in }
  ) throws(CaptureError) -> ImportReport {
    let source = try FileSource(opening: file)
    let pending = try PendingCapture.make(for: folder, cancellation: cancellation)
    var job = ImportJob(
      options: options, name: file.lastComponent?.string ?? file.string,
      modified: source.modified,
      progress: { part throws(CaptureError) in
        try cancellation.check()
        try progress(part)
      })
    let report = try job.run(source, id: pending.id, to: pending.path)
    try pending.commit()
    return report
  }
}
