internal import Render
internal import SystemPackage

/// All tracks of an export, in the order of their names; they lie on disk, so that a thousand sessions
/// take little more memory than one.
struct Corpus {
  fileprivate struct Entry {
    var recording: String
    var speaker: String
    var session: String
    var place: TrackSpool.Place
    var part = 0
  }

  /// The sessions, by label.
  let sessions: [CorpusSession]
  let parts: [ExportOptions.Part]
  private let entries: [Entry]
  private let spool: TrackSpool

  /// - Parameter parts: Of the split; one without a name when there is none.
  fileprivate init(
    sessions: [CorpusSession], entries: [Entry], parts: [ExportOptions.Part], spool: TrackSpool
  ) {
    self.sessions = sessions.sorted { $0.label < $1.label }
    self.entries = entries.sorted { $0.recording.utf8.lexicographicallyPrecedes($1.recording.utf8) }
    self.parts = parts
    self.spool = spool
  }

  /// Tracks in the corpus.
  var count: Int { entries.count }

  /// Each track of a part, by name: speakers one after the other.
  func forEachTrack(
    in part: Int, _ body: (CorpusTrack) throws(RenderError) -> Void
  ) throws(RenderError) {
    for entry in entries where entry.part == part { try body(spool.track(at: entry.place)) }
  }

  /// Each session of a part that has a track there, with its tracks of that part by speaker.
  func forEachSession(
    in part: Int, _ body: (CorpusSession, [CorpusTrack]) throws(RenderError) -> Void
  ) throws(RenderError) {
    var places: [String: [TrackSpool.Place]] = [:]
    for entry in entries where entry.part == part {
      places[entry.session, default: []].append(entry.place)
    }
    for session in sessions {
      guard let places = places[session.label] else { continue }
      var tracks: [CorpusTrack] = []
      for place in places { tracks.append(try spool.track(at: place)) }
      try body(session, tracks)
    }
  }
}

/// Takes in sessions, one at a time, and keeps what the options want of them.
struct CorpusBuilder {
  private let options: ExportOptions
  private let cutter: PieceCutter
  private let usesMix: Bool
  private let labels: Labels
  private let spool: TrackSpool
  private var sessions: [CorpusSession] = []
  private var entries: [Corpus.Entry] = []
  private(set) var pieceCount = 0
  /// Tracks left out, by reason.
  private(set) var omitted: [ExportReport.Omission: Int] = [:]

  /// - Parameters:
  ///   - usesMix: The export has the mix of each session, with all its voices: no track is left out
  ///     then, since what a reference does not name counts as nobody's speech.
  ///   - folder: Where the export is being written.
  init(
    options: ExportOptions, pieces: ExportOptions.Pieces, usesMix: Bool, folder: FilePath
  ) throws(RenderError) {
    self.options = options
    self.usesMix = usesMix
    cutter = PieceCutter(pieces: pieces)
    labels = Labels(pseudonymKey: options.pseudonymKey)
    spool = try TrackSpool(in: folder)
  }

  mutating func add(_ rendered: RenderedSession) throws(RenderError) {
    let manifest = rendered.manifest
    let label = labels.session(manifest.capture.id)
    let spurts = cutter.needsSpurts ? try rendered.spurts() : [:]
    let objectors = rendered.objectors
    for speaker in manifest.speakers {
      let pieces = cutter.pieces(
        of: speaker, spurts: spurts[speaker.id] ?? [], rate: manifest.sampleRate)
      guard let last = pieces.last, last.end <= speaker.samples else {
        guard pieces.isEmpty else {
          throw RenderError(.badInput, "\(rendered.folder): spurts of \(speaker.id) are too long")
        }
        omitted[.silent, default: 0] += 1
        continue
      }
      if let reason = reason(toOmit: speaker, objectors, rate: manifest.sampleRate) {
        guard !usesMix else {
          throw RenderError(
            .usage,
            "the mix of \(rendered.folder) has the voice of \(speaker.id), who objected: "
              + "render it again with --speakers, naming all others")
        }
        omitted[reason, default: 0] += 1
        continue
      }
      let name = labels.speaker(
        user: speaker.userID, track: speaker.id, captureID: manifest.capture.id)
      let track = CorpusTrack(
        speaker: name, session: label, audio: rendered.folder.appending(speaker.file).string,
        sampleRate: manifest.sampleRate, samples: speaker.samples, pieces: pieces)
      pieceCount += pieces.count
      entries.append(
        Corpus.Entry(
          recording: track.recording, speaker: name, session: label,
          place: try spool.append(track)))
    }
    sessions.append(
      CorpusSession(
        label: label, sampleRate: manifest.sampleRate, samples: manifest.session.samples,
        mix: manifest.mix.map { rendered.folder.appending($0.file).string }))
  }

  private func reason(
    toOmit speaker: Manifest.Speaker, _ objectors: Set<String>, rate: Int
  ) -> ExportReport.Omission? {
    if let user = speaker.userID, objectors.contains(user) { return .objected }
    if usesMix { return nil }
    if speaker.bot, !options.includesBots { return .bot }
    if Double(speaker.speechSamples) < options.minimumSpeech * Double(rate) { return .speech }
    let frames = Double(speaker.packets.placed) + Double(speaker.frames.lost)
    if Double(speaker.frames.lost) > options.maximumLoss * frames { return .loss }
    return nil
  }

  /// - Throws: `badInput` when two sessions or tracks have one name.
  consuming func finish() throws(RenderError) -> Corpus {
    let names = Set(entries.map(\.recording))
    guard names.count == entries.count, Set(sessions.map(\.label)).count == sessions.count else {
      throw RenderError(.badInput, "two of the sessions, or two tracks of one, have the same name")
    }
    var entries = entries
    var parts = [ExportOptions.Part(name: "", weight: 1)]
    if let split = options.split {
      parts = options.parts
      let deal = CorpusSplit(parts: parts)
      let ofSession =
        split == .session ? deal.parts(ofSessions: entries.map { ($0.speaker, $0.session) }) : [:]
      for index in entries.indices {
        entries[index].part =
          ofSession[entries[index].session] ?? deal.part(of: entries[index].speaker)
      }
    }
    return Corpus(sessions: sessions, entries: entries, parts: parts, spool: spool)
  }
}
