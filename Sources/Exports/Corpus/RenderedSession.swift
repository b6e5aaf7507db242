internal import FoundationEssentials
internal import Glibc
internal import JSONValues
internal import Render
internal import SystemPackage

/// A finished render, as an export reads it.
struct RenderedSession {
  /// Samples of the longest session that is believed: a century at 48 kHz. Times far beyond would
  /// overflow where they are converted.
  private static let longest: Int64 = 1 << 47

  /// Absolute, with links resolved: other tools run in other folders.
  let folder: FilePath
  let manifest: Manifest

  /// - Throws: `RenderError` `noInput` without a manifest or a file that it names; `badInput` when it
  ///   cannot be understood, or names what cannot be of its folder.
  init(opening folder: FilePath) throws(RenderError) {
    manifest = try Manifest(contentsOf: folder)
    guard let resolved = realpath(folder.string, nil) else {
      throw FileSystem.failure("find", folder, errno: errno)
    }
    self.folder = FilePath(String(cString: resolved))
    free(resolved)
    guard RenderOptions.sampleRates.contains(manifest.sampleRate),
      (0...Self.longest).contains(manifest.session.samples), !manifest.capture.id.isEmpty
    else { throw RenderError(.badInput, "\(folder) has a manifest with impossible values") }
    for speaker in manifest.speakers { try check(speaker) }
    if let mix = manifest.mix { try check(file: mix.file) }
  }

  /// Only a plain file in the folder itself: a path or a link could lead to what is nobody's speech.
  private func check(file: String) throws(RenderError) {
    let path = FilePath(file)
    guard path.root == nil, path.components.count == 1, path.components.first?.kind == .regular
    else {
      throw RenderError(.badInput, "\(folder): \(file) cannot be a file of this folder")
    }
    guard FileSystem.size(folder.appending(file)) != nil else {
      throw RenderError(
        .noInput, "\(folder.appending(file)) is missing: render the capture again")
    }
  }

  /// What the export relies on, also of a manifest that was edited.
  private func check(_ speaker: Manifest.Speaker) throws(RenderError) {
    let isUser = speaker.userID.map { UInt64($0) != nil } ?? !speaker.id.isEmpty
    guard isUser, (0...Self.longest).contains(speaker.samples) else {
      throw RenderError(.badInput, "\(folder): speaker \(speaker.id) has impossible values")
    }
    try check(file: speaker.file)
    var end: Int64 = 0
    for segment in speaker.segments {
      guard segment.start >= end, segment.end > segment.start, segment.end <= speaker.samples else {
        throw RenderError(.badInput, "\(folder): segments of \(speaker.id) are out of order")
      }
      end = segment.end
    }
  }

  /// Users who objected to being recorded: nothing of theirs is exported, also what was recorded
  /// before.
  var objectors: Set<String> {
    var users: Set<String> = []
    for event in manifest.events where event.kind == "exclusion" {
      guard case .string(let user)? = event.fields["user"] else { continue }
      // Whoever did not say that they take it back still objects.
      if case .bool(false)? = event.fields["excluded"] {
        users.remove(user)
      } else {
        users.insert(user)
      }
    }
    return users
  }

  /// The speaker's spurts, from `spurts.jsonl`, by speaker.
  func spurts() throws(RenderError) -> [String: [SampleRange]] {
    let path = folder.appending("spurts.jsonl")
    var spurts: [String: [SampleRange]] = [:]
    let decoder = JSONDecoder()
    for line in try FileSystem.read(path, limit: 256 << 20).split(separator: 0x0A) {
      guard let spurt = try? decoder.decode(SpurtLine.self, from: Data(line)),
        spurt.start >= spurts[spurt.speaker]?.last?.end ?? 0, spurt.end > spurt.start
      else { throw RenderError(.badInput, "\(path) cannot be understood: render again") }
      spurts[spurt.speaker, default: []].append(SampleRange(start: spurt.start, end: spurt.end))
    }
    return spurts
  }
}
