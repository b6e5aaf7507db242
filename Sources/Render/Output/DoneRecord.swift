internal import FoundationEssentials
internal import SystemPackage

/// The contents of `done.json`: the mark of a finished render, and what it was made of.
struct DoneRecord: Codable, Equatable {
  static let fileName = "done.json"
  static let currentSchema = "tapedeck.done/1"

  var schema: String
  /// Raised only when the same capture would give other bytes.
  var renderVersion: Int
  var capture: Manifest.Capture
  /// SHA-256 of the parameters as written into the manifest.
  var parametersDigest: String
  var parameters: RenderParameters
  /// Every other file of the render, by name.
  var outputs: [Output]

  struct Output: Codable, Equatable {
    var file: String
    var bytes: Int64
    var sha256: String
    /// What `sha256` is over.
    var digest: RenderOptions.Digest
  }

  init(
    capture: Manifest.Capture, parameters: RenderParameters, parametersDigest: String,
    outputs: [Output]
  ) {
    schema = Self.currentSchema
    renderVersion = Render.version
    self.capture = capture
    self.parametersDigest = parametersDigest
    self.parameters = parameters
    self.outputs = outputs.sorted { $0.file < $1.file }
  }

  /// True when a render of this capture with these parameters would give the same bytes.
  func matches(captureDigest: String, parametersDigest: String) -> Bool {
    renderVersion == Render.version && capture.digest == captureDigest
      && self.parametersDigest == parametersDigest
  }

  /// Reads the mark of a folder; nil when there is none, or it is not ours.
  init?(in folder: FilePath) {
    guard
      let bytes = try? FileSystem.read(folder.appending(Self.fileName), limit: 16 << 20),
      let record = try? JSONDecoder().decode(Self.self, from: Data(bytes)),
      record.schema == Self.currentSchema
    else { return nil }
    self = record
  }

  private enum CodingKeys: String, CodingKey {
    case schema
    case renderVersion = "render_version"
    case capture
    case parametersDigest = "parameters_digest"
    case parameters, outputs
  }
}
