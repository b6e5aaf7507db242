internal import FoundationEssentials
internal import Render
internal import SystemPackage
internal import VoiceCrypto

/// The contents of `export.json`: the mark of a finished export, and what it was made of.
struct ExportRecord: Codable, Equatable {
  static let fileName = "export.json"
  static let currentSchema = "tapedeck.export/1"
  /// Raised only when the same renders and options would give other bytes.
  static let currentVersion = 1

  var schema = currentSchema
  var version = currentVersion
  var format: String
  /// Options as text, without the pseudonyms' key.
  var options: [String: String]
  /// SHA-256 over the digests of the sessions' manifests, which hold those of their audio.
  var sessionsDigest: String
  var sessions: Int
  /// What was made of them.
  var contents = Contents()

  struct Contents: Codable, Equatable {
    /// Names in the export's folder, this file left out.
    var files: [String] = []
    var tracks = 0
    var pieces = 0
    /// Tracks left out, by ``ExportReport/Omission``.
    var omitted: [String: Int] = [:]
  }

  init(format: ExportFormat, options: ExportOptions, digests: [String]) {
    self.format = format.rawValue
    self.options = Self.text(options, format)
    let bytes = Array(digests.sorted().joined(separator: "\n").utf8)
    sessionsDigest = SHA256Digest.hex(of: bytes.span)
    sessions = digests.count
  }

  /// Reads the mark of a folder; nil when there is none, or it is not ours.
  init?(in folder: FilePath) {
    guard let bytes = try? FileSystem.read(folder.appending(Self.fileName), limit: 16 << 20),
      let record = try? JSONDecoder().decode(Self.self, from: Data(bytes)),
      record.schema == Self.currentSchema
    else { return nil }
    self = record
  }

  /// What is to be done with the folder, for an export that would have this record.
  ///
  /// - Throws: `usage` when something else is there, or another export and `force` is off.
  func plan(for folder: FilePath, force: Bool) throws(RenderError) -> OutputPlan {
    guard FileSystem.exists(folder) else { return .fill }
    guard FileSystem.isFolder(folder) else {
      throw RenderError(.usage, "\(folder) is not a folder: give another --out")
    }
    if try FileSystem.list(folder).isEmpty { return .fill }
    guard let there = ExportRecord(in: folder) else {
      throw RenderError(
        .usage, "\(folder) is not empty and holds no finished export: give another --out")
    }
    var comparable = there
    comparable.contents = Contents()
    let isWhole = there.contents.files.allSatisfy { FileSystem.exists(folder.appending($0)) }
    if comparable == self, isWhole, !force { return .skip }
    guard force else {
      let reason =
        comparable == self
        ? "of which files are missing" : "of other sessions or with other options"
      throw RenderError(.usage, "\(folder) holds an export \(reason): --force replaces it")
    }
    return .replace(ours: Set(there.contents.files + [Self.fileName]))
  }

  /// What the export holds.
  func report(isNew: Bool) -> ExportReport {
    var omitted: [ExportReport.Omission: Int] = [:]
    for (reason, count) in contents.omitted {
      ExportReport.Omission(rawValue: reason).map { omitted[$0] = count }
    }
    return ExportReport(
      isNew: isNew, sessions: sessions, tracks: contents.tracks, pieces: contents.pieces,
      omitted: omitted)
  }

  private static func text(_ options: ExportOptions, _ format: ExportFormat) -> [String: String] {
    var text = [
      "pieces": (options.pieces ?? format.usualPieces).rawValue, "audio": options.audio.rawValue,
      "min_speech": "\(options.minimumSpeech)", "max_loss": "\(options.maximumLoss)",
      "bots": "\(options.includesBots)",
    ]
    if let split = options.split {
      text["split"] = split.rawValue
      text["parts"] = options.parts.map { "\($0.name)=\($0.weight)" }.joined(separator: ",")
    }
    if let key = options.pseudonymKey {
      // Tells keys apart, and nothing about them.
      let message = Array("export".utf8)
      text["pseudonyms"] = hmacSHA256(key: SecretBytes(key), message: message.span, length: 8)
        .withSpan { hexadecimal($0) }
    }
    return text
  }
}
