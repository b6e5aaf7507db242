import Render
import SystemPackage

// Never called: that it compiles is the test.
func use() throws {
  let job = RenderJob(capture: "capture", output: "tracks")
  for speaker in try job.run().manifest.speakers {
    print(speaker.id, speaker.file, speaker.segments.count, "segments")
  }
}

do {
  try use()
} catch {
  print(error)
}
