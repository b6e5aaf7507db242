internal import FoundationEssentials
internal import Glibc
internal import JSONValues
internal import Render
internal import SystemPackage

/// A finished render, as an export reads it.
struct RenderedSession {
  /// Absolute, with links resolved: other tools run in other folders.
  let folder: FilePath
  let manifest: Manifest

  /// - Throws: `RenderError` `noInput` without a manifest; `badInput` when it cannot be understood, or
  ///   names a file that cannot be a track of its folder.
  init(opening folder: FilePath) throws(RenderError) {
    manifest = try Manifest(contentsOf: folder)
    guard let resolved = realpath(folder.string, nil) else {
      throw FileSystem.failure("find", folder, errno: errno)
    }
    self.folder = FilePath(String(cString: resolved))
    free(resolved)
    guard manifest.sampleRate > 0, manifest.session.samples >= 0 else {
      throw RenderError(.badInput, "\(folder) has a manifest with impossible numbers")
    }
    for speaker in manifest.speakers { try check(speaker) }
  }

  /// What the export relies on, also of a manifest that was edited.
  private func check(_ speaker: Manifest.Speaker) throws(RenderError) {
    let path = FilePath(speaker.file)
    guard path.components.count == 1, path.root == nil, speaker.file != "..", speaker.file != "."
    else {
      throw RenderError(.badInput, "\(folder): \(speaker.id) has no file of this folder")
    }
    guard FileSystem.size(folder.appending(speaker.file)) != nil else {
      throw RenderError(
        .noInput, "\(folder.appending(speaker.file)) is missing: render the capture again")
    }
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
