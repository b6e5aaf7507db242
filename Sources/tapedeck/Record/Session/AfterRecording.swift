internal import CaptureLog
internal import Render
internal import SystemPackage

/// `--render`.
enum AfterRecording {
  /// Renders the capture to a folder of its id in `folder`.
  static func render(
    _ capture: FilePath, to folder: FilePath, keys: [OperatorKey], reporter: StatusReporter
  ) throws -> ExitStatus {
    try CaptureFolders.make(folder)
    let cancellation = RenderCancellation()
    Interruption.current?.setLastWords { cancellation.removeTemporaryFolders() }
    defer { Interruption.current?.setLastWords(nil) }
    let items = try CaptureList([capture.string], shard: nil).items
    let output = items.first.map { folder.appending($0.id) } ?? folder
    return try RenderBatch(
      items: items, isSingle: true, output: output, keys: keys, options: RenderOptions(),
      isStrict: false, jobs: ProcessorCount.available, reporter: reporter,
      cancellation: cancellation
    ).run()
  }
}
