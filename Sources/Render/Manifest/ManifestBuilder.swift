internal import CaptureLog
internal import FoundationEssentials
internal import JSONValues

/// Puts a manifest together of what the survey, the keys, the engine and the files gave.
struct ManifestBuilder {
  /// Gaps shorter than this many seconds are only in `gaps.jsonl` and the totals.
  static let shortestGap = 0.1
  /// Gaps that the manifest lists a speaker.
  static let mostGaps = 1_000
  /// Kinds of events that say nothing to a listener.
  private static let dullEvents: Set<String> = ["clock", "speaking", "stamps", "segment_end"]
  /// Fields of events that are of no use outside of the recorder's own network.
  private static let privateFields: Set<String> = ["local", "remote"]

  var survey: SessionSurvey
  var range: RenderRange
  var options: RenderOptions
  var captureDigest: String
  var keys: SessionKeys

  /// - Parameter tracks: Results and files, sorted by speaker.
  func manifest(
    tracks: [(result: TrackResult, file: TrackFile.Summary)], mix: Manifest.Mix?
  ) -> Manifest {
    let session = survey.session
    let start = survey.zero + range.from
    let speakers = tracks.map { speaker($0.result, $0.file) }
    var warnings = Warnings()
    warnings.add(survey, isPartial: options.partial)
    if keys.unopened > 0 {
      warnings.add(.sealedKeys, "\(keys.unopened) key records cannot be opened with the keys given")
    }
    for id in (options.speakers ?? []).subtracting(survey.speakers.map(\.id)).sorted() {
      warnings.add(.unknownSpeaker, "\(id) sent nothing in this capture")
    }
    warnings.addLearned(survey)
    for speaker in speakers { warnings.add(speaker) }
    return Manifest(
      schema: Manifest.currentSchema,
      tool: Manifest.Tool(
        version: toolVersion, renderVersion: Render.version, parameters: options.parameters),
      sampleRate: options.sampleRate,
      capture: Manifest.Capture(
        id: session.id, digest: captureDigest, complete: survey.isComplete && !options.partial),
      session: Manifest.Session(
        guildID: session.guildID, guildName: session.guildName, channelID: session.channelID,
        channelName: session.channelName, start: UTCTime.text(unixNanoseconds: start),
        startUnixNanoseconds: String(start), samples: range.samples(rate: options.sampleRate)),
      speakers: speakers, participants: survey.participants, events: events(),
      warnings: warnings.list, mix: mix)
  }

  private func speaker(_ result: TrackResult, _ file: TrackFile.Summary) -> Manifest.Speaker {
    let userID = survey.speakers.first { $0.id == result.speaker }?.userID
    let samples = range.samples(rate: options.sampleRate)
    let segmenter = Segmenter(sampleRate: options.sampleRate)
    let shortest = Int64(Self.shortestGap * Double(options.sampleRate))
    let gaps = result.gaps.map {
      Manifest.Gap(start: $0.range.start, end: $0.range.end, cause: $0.cause.rawValue)
    }
    return Manifest.Speaker(
      id: result.speaker, userID: userID, names: keys.names(of: result.speaker),
      bot: keys.isBot(result.speaker), file: file.file, samples: samples,
      sha256: file.sha256, speechSamples: file.extents.reduce(0) { $0 + $1.count },
      spurts: file.extents.count,
      segments: segmenter.segments(of: file.extents, within: samples), streams: result.streams,
      packets: result.packets, frames: result.frames,
      gaps: Array(gaps.lazy.filter { $0.end - $0.start >= shortest }.prefix(Self.mostGaps)),
      gapTotals: Manifest.GapTotals(
        count: gaps.count, samples: gaps.reduce(0) { $0 + $1.end - $1.start }),
      clock: Manifest.Clock(
        offsetSamples: result.clock.offsetSamples, ppm: rounded(result.clock.ppm, 3),
        residualMilliseconds: rounded(result.clock.residualMilliseconds, 3)),
      peak: rounded(Double(result.peak), 6), clippedSamples: result.clippedSamples,
      loudness: file.loudness)
  }

  private func events() -> [Manifest.Event] {
    let isWhole = options.from == nil && options.to == nil
    return survey.events.compactMap { event in
      guard !Self.dullEvents.contains(event.kind) else { return nil }
      let offset = event.time.subtractingReportingOverflow(survey.zero).partialValue
      // A part has the events of its time; the whole has all, those of the set-up at its beginning.
      guard isWhole || (range.from..<range.to).contains(offset) else { return nil }
      let at = range.sample(at: min(max(offset, range.from), range.to), rate: options.sampleRate)
      let fields = try? JSONDecoder().decode([String: JSONValue].self, from: Data(event.data))
      return Manifest.Event(
        at: at, kind: event.kind,
        fields: (fields ?? [:]).filter { !Self.privateFields.contains($0.key) })
    }
  }
}
