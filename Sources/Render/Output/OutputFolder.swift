internal import SystemPackage

/// The folder that a render is to fill, as it stands before.
struct OutputFolder {
  let path: FilePath

  /// Decides by the folder's contents.
  ///
  /// - Parameter captureID: The capture's id, by which one that has changed is told from another.
  /// - Throws: ``RenderError/Code/usage`` when the folder is in use by something else, or by a render
  ///   of another capture or with other parameters and `force` is off.
  func plan(
    captureID: String?, captureDigest: String, parametersDigest: String, force: Bool
  ) throws(RenderError) -> OutputPlan {
    guard FileSystem.exists(path) else { return .fill }
    guard FileSystem.isFolder(path) else {
      throw RenderError(.usage, "\(path) is not a folder: give another --out")
    }
    let names = try FileSystem.list(path)
    if names.isEmpty { return .fill }
    guard let done = DoneRecord(in: path) else {
      return try planForUnfinished(names, force: force)
    }
    let ours = Set(done.outputs.map(\.file) + [DoneRecord.fileName])
    if done.matches(captureDigest: captureDigest, parametersDigest: parametersDigest) {
      let broken = done.outputs.filter { FileSystem.size(path.appending($0.file)) != $0.bytes }
      guard let first = broken.first else { return force ? .replace(ours: ours) : .skip }
      if force { return .replace(ours: ours) }
      throw RenderError(
        .usage,
        "\(path) is a finished render, but \(first.file) is missing or has another size: "
          + "--force renders again")
    }
    if force { return .replace(ours: ours) }
    let reason =
      if done.capture.digest != captureDigest {
        done.capture.id == captureID
          ? "of this capture, which has changed since" : "of another capture"
      } else if done.renderVersion != Render.version {
        "of another version of render"
      } else {
        "with other parameters"
      }
    throw RenderError(.usage, "\(path) holds a finished render \(reason): --force replaces it")
  }

  /// A folder without our mark: somebody else's, or a partial render of ours.
  private func planForUnfinished(_ names: [String], force: Bool) throws(RenderError) -> OutputPlan {
    if let manifest = try? Manifest(contentsOf: path),
      manifest.tool.parameters.partial
    {
      if force {
        var ours = Set(manifest.speakers.map(\.file))
        ours.formUnion([Manifest.fileName, "spurts.jsonl", "gaps.jsonl"])
        if let mix = manifest.mix { ours.insert(mix.file) }
        return .replace(ours: ours)
      }
      throw RenderError(.usage, "\(path) holds a partial render: --force replaces it")
    }
    throw RenderError(
      .usage, "\(path) is not empty and holds no finished render: give another --out")
  }
}
