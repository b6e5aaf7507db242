import CaptureLog
import Render
import SystemPackage

// Never called with a capture: that it compiles is the test.
func use() throws {
  var job = RenderJob(
    capture: "capture", output: "tracks", keys: try OperatorKeyStore.standard().privateKeys())
  job.options.format = .flac
  let manifest = try job.run().manifest
  for speaker in manifest.speakers {
    for segment in speaker.segments {
      let seconds = Double(segment.start) / Double(manifest.sampleRate)
      print(speaker.id, speaker.file, seconds)
    }
  }
}

do {
  try use()
} catch {
  print(error)
}
