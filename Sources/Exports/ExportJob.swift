internal import Glibc
public import Render
public import SystemPackage

/// Writes finished renders as one corpus in another tool's format.
///
/// The folder appears whole or not at all; the same renders and options give the same bytes, in whatever
/// order they are listed.
///
/// ```swift
/// var options = ExportOptions()
/// options.minimumSpeech = 5
/// let job = ExportJob(sessions: ["renders/monday", "renders/tuesday"], format: .kaldi, options: options)
/// let report = try job.run(to: "data")
/// print(report.tracks, "tracks,", report.pieces, "utterances")
/// ```
public struct ExportJob: Sendable {
  /// Folders of renders.
  public var sessions: [FilePath]
  public var format: ExportFormat
  public var options: ExportOptions

  public init(sessions: [FilePath], format: ExportFormat, options: ExportOptions = ExportOptions())
  {
    self.sessions = sessions
    self.format = format
    self.options = options
  }

  /// - Parameters:
  ///   - folder: The folder to make.
  ///   - cancellation: Stops it from another thread; nothing is kept then.
  ///   - progress: Called with 0 to 1.
  /// - Throws: `RenderError`: `usage` when the folder is in use or options contradict each other,
  ///   `noInput` when a render or its audio is missing, `badInput` when a manifest cannot be understood,
  ///   `tryAgain` for I/O, a full disk, or a cancelled export.
  public func run(
    to folder: FilePath, cancellation: RenderCancellation = RenderCancellation(),
    progress: (Double) -> Void = { _ in }
  ) throws(RenderError) -> ExportReport {
    try checkOptions()
    var digests: [String] = []
    for session in sessions {
      let path = session.appending(Manifest.fileName)
      guard FileSystem.exists(path) else {
        throw RenderError(.noInput, "there is no \(path): render the capture first")
      }
      digests.append(try FileDigest.sha256(of: path))
    }
    var record = ExportRecord(format: format, options: options, digests: digests)
    let plan = try record.plan(for: folder, force: options.force)
    if plan == .skip, let there = ExportRecord(in: folder) { return there.report(isNew: false) }
    let pending = try PendingFolder.make(for: folder, cancellation: cancellation)
    record.contents = try write(to: pending.path, destination: folder, cancellation, progress)
    try FileSystem.write(
      try JSONText.document(record), to: pending.path.appending(ExportRecord.fileName))
    try pending.commit(plan)
    progress(1)
    return record.report(isNew: true)
  }

  private func write(
    to folder: FilePath, destination: FilePath, _ cancellation: RenderCancellation,
    _ progress: (Double) -> Void
  ) throws(RenderError) -> ExportRecord.Contents {
    var builder = try CorpusBuilder(
      options: options, pieces: options.pieces ?? format.usualPieces,
      usesMix: format == .nemoDiarization, folder: folder)
    for (index, session) in sessions.enumerated() {
      if cancellation.isCancelled { throw RenderCancellation.error }
      try builder.add(try RenderedSession(opening: session))
      progress(0.7 * Double(index + 1) / Double(sessions.count))
    }
    var contents = ExportRecord.Contents(pieces: builder.pieceCount)
    for (reason, count) in builder.omitted { contents.omitted[reason.rawValue] = count }
    let corpus = try builder.finish()
    contents.tracks = corpus.count
    let audio = ExportAudio(
      folder: folder, destination: try Self.absolute(destination),
      isLinked: options.audio == .link || options.pseudonymKey != nil)
    for part in corpus.parts.indices {
      if cancellation.isCancelled { throw RenderCancellation.error }
      try format.writer.write(corpus, part: part, to: folder, audio: audio)
      progress(0.7 + 0.3 * Double(part + 1) / Double(corpus.parts.count))
    }
    contents.files = try FileSystem.list(folder)
    return contents
  }

  private func checkOptions() throws(RenderError) {
    guard !sessions.isEmpty else { throw RenderError(.usage, "there is nothing to export") }
    if let key = options.pseudonymKey, key.count < 16 {
      throw RenderError(.usage, "a key for pseudonyms has at least 16 bytes")
    }
    guard (0...1).contains(options.maximumLoss), options.minimumSpeech >= 0 else {
      throw RenderError(.usage, "speech is at least 0 s, and loss 0 to 1")
    }
    // A mix has the voices of all, whichever part they are dealt to.
    if format == .nemoDiarization, options.split == .speaker {
      throw RenderError(.usage, "\(format.rawValue) has mixes of whole sessions: split by session")
    }
    let names = options.parts.map(\.name)
    let areGood = names.allSatisfy { name in
      !name.isEmpty && name.utf8.count < 64
        && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
    guard areGood, Set(names).count == names.count,
      options.parts.allSatisfy({ $0.weight.isFinite && $0.weight >= 0 }),
      options.parts.contains(where: { $0.weight > 0 })
    else {
      throw RenderError(
        .usage, "the parts of a split need different names of letters, and weights above 0")
    }
  }

  /// The folder's path when it will be in its place: its parent is there already.
  private static func absolute(_ folder: FilePath) throws(RenderError) -> FilePath {
    let folder = folder.lexicallyNormalized()
    let parent = folder.removingLastComponent()
    guard let name = folder.lastComponent,
      let resolved = realpath(parent.isEmpty ? "." : parent.string, nil)
    else { throw FileSystem.failure("find", parent, errno: errno) }
    defer { free(resolved) }
    return FilePath(String(cString: resolved)).appending(name)
  }
}
