package import CaptureLog
internal import FoundationEssentials
internal import Glibc
package import SystemPackage
internal import VoiceCrypto

/// What the bot was called before the recording changed that: kept on disk, so that it is restored
/// also after a crash.
package struct NicknameFile: Sendable {
  package struct Content: Codable, Sendable, Equatable {
    /// The nickname before; nil: none.
    package var before: String?
    /// The nickname that the recording set.
    package var recording: String

    package init(before: String?, recording: String) {
      self.before = before
      self.recording = recording
    }
  }

  package let path: FilePath

  package init(folder: FilePath, bot: UInt64, guild: UInt64) {
    path = folder.appending(".nickname-\(bot)-\(guild).json")
  }

  /// Nil when there is none, or none that makes sense.
  package func read() -> Content? {
    guard let bytes = try? RegularFile.read(path, limit: 4096) else { return nil }
    return try? JSONDecoder().decode(Content.self, from: Data(bytes))
  }

  /// Writes and syncs it; what was there is replaced.
  package func write(_ content: Content) throws(CaptureError) {
    remove()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A flat struct of strings: encoding cannot fail.
    let bytes = (try? encoder.encode(content)).map { [UInt8]($0) } ?? []
    try NewFile.write(SecretBytes(bytes), to: path)
  }

  package func remove() {
    _ = path.withPlatformString { unlink($0) }
  }
}
