internal import Audio
internal import CaptureLog
internal import Synchronization
internal import SystemPackage

/// The part of a render that writes: tracks, mix, lists, manifest, done mark.
struct RenderRun: Sendable {
  let job: RenderJob
  let survey: SessionSurvey
  let range: RenderRange
  let keys: SessionKeys
  /// The pending folder.
  let folder: FilePath
  let cancellation: RenderCancellation
  let progress: (@Sendable (RenderProgress) -> Void)?

  private typealias Track = (result: TrackResult, file: TrackFile.Summary)

  func write(captureDigest: String, parametersDigest: String) throws(RenderError) -> Manifest {
    let tracks = try renderTracks()
    for (result, _) in tracks where !(result.packets.isBalanced && result.frames.isBalanced) {
      throw RenderError(
        .defect,
        "the ledger of \(result.speaker) does not add up, please report this: "
          + "\(result.packets), \(result.frames)")
    }
    var mix: Manifest.Mix?
    if job.options.mix {
      mix = try Mix(
        folder: folder, options: job.options, tracks: tracks.map(\.file),
        samples: range.samples(rate: job.options.sampleRate), cancellation: cancellation
      ).write { progress?(RenderProgress(phase: .mix, fraction: $0)) }
    }
    try writeLists(tracks)
    let manifest = ManifestBuilder(
      survey: survey, range: range, options: job.options, captureDigest: captureDigest, keys: keys
    ).manifest(tracks: tracks, mix: mix)
    try FileSystem.write(try manifest.encoded(), to: folder.appending(Manifest.fileName))
    if !job.options.partial {
      try writeDone(manifest, parametersDigest: parametersDigest)
    }
    return manifest
  }

  // MARK: Tracks

  private func renderTracks() throws(RenderError) -> [Track] {
    let speakers = survey.speakers.filter { job.options.speakers?.contains($0.id) ?? true }
    let jobs = job.options.jobs ?? ProcessorCount.available
    let parts = RenderEngine.partition(speakers, jobs: jobs)
    let stop = RenderCancellation(parent: cancellation)
    let meter = ProgressMeter(
      parts: parts.count, samples: range.samples(rate: job.options.sampleRate), report: progress)
    let results = Mutex([Result<[Track], RenderError>?](repeating: nil, count: parts.count))
    try ParallelLoop.run(parts.count, jobs: parts.count) { index in
      let result = Result { () throws(RenderError) in
        try renderPart(parts[index], stop: stop, meter: meter, index: index)
      }
      // One part failed: the others' work is of no use.
      if case .failure = result { stop.cancel() }
      results.withLock { $0[index] = result }
    }
    if cancellation.isCancelled { throw RenderCancellation.error }
    var tracks: [Track] = []
    var interrupted: RenderError?
    for result in results.withLock({ $0 }) {
      switch result {
      case .success(let part): tracks += part
      case .failure(let error) where error == RenderCancellation.error: interrupted = error
      case .failure(let error): throw error
      case nil: interrupted = RenderCancellation.error
      }
    }
    if let interrupted { throw interrupted }
    return tracks.sorted { $0.result.speaker < $1.result.speaker }
  }

  private func renderPart(
    _ speakers: [String], stop: RenderCancellation, meter: ProgressMeter, index: Int
  ) throws(RenderError) -> [Track] {
    var files: [String: TrackFile] = [:]
    let samples = range.samples(rate: job.options.sampleRate)
    let results = try RenderJob.any {
      try RenderEngine.render(
        capture: job.capture, speakers: speakers, survey: survey,
        keys: RenderKeys(keys.opened, survey: survey),
        options: EngineOptions(job.options, range: range)
      ) { speaker in
        let file = try TrackFile(
          stem: speaker.id, in: folder, samples: samples, options: job.options, cancellation: stop)
        files[speaker.id] = file
        return MeteredSink(file: file, meter: meter, part: index)
      }
    }
    var tracks: [Track] = []
    for result in results {
      // Somebody of whom nothing could be opened has a track too: all pause.
      if files[result.speaker] == nil {
        files[result.speaker] = try TrackFile(
          stem: result.speaker, in: folder, samples: samples, options: job.options,
          cancellation: stop)
      }
      if let file = files[result.speaker] { tracks.append((result, try file.finish())) }
    }
    return tracks
  }

  // MARK: Lists and marks

  private func writeLists(_ tracks: [Track]) throws(RenderError) {
    var spurts = try LineFile(creating: folder.appending("spurts.jsonl"))
    var gaps = try LineFile(creating: folder.appending("gaps.jsonl"))
    for (result, file) in tracks {
      for extent in file.extents {
        try spurts.append(
          SpurtLine(speaker: result.speaker, start: extent.start, end: extent.end))
      }
      for gap in result.gaps {
        try gaps.append(
          GapLine(
            speaker: result.speaker, start: gap.range.start, end: gap.range.end,
            cause: gap.cause.rawValue))
      }
    }
    try spurts.flush()
    try gaps.flush()
  }

  private func writeDone(_ manifest: Manifest, parametersDigest: String) throws(RenderError) {
    var digests: [String: String] = [:]
    for speaker in manifest.speakers { digests[speaker.file] = speaker.sha256 }
    if let mix = manifest.mix { digests[mix.file] = mix.sha256 }
    var outputs: [DoneRecord.Output] = []
    for name in try FileSystem.list(folder) {
      let path = folder.appending(name)
      guard let size = FileSystem.size(path) else { continue }
      if let digest = digests[name] {
        outputs.append(
          DoneRecord.Output(
            file: name, bytes: size, sha256: digest, digest: job.options.digest))
      } else {
        outputs.append(
          DoneRecord.Output(
            file: name, bytes: size, sha256: try FileDigest.sha256(of: path), digest: .file))
      }
    }
    let done = DoneRecord(
      capture: manifest.capture, parameters: job.options.parameters,
      parametersDigest: parametersDigest, outputs: outputs)
    try FileSystem.write(
      try JSONText.document(done), to: folder.appending(DoneRecord.fileName))
  }
}
