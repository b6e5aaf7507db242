internal import Audio
internal import CaptureSynthesis
internal import Glibc
internal import SystemPackage

/// Speech files that a command was given.
enum SpeechFiles {
  /// Reads the files; those of one group are one voice.
  ///
  /// - Throws: ``CommandFailure``: 66 for a missing file, 77 for one that may not be read, 65 for one
  ///   that holds no sound.
  static func voices(groups: [[FilePath]]) throws -> VoiceLibrary {
    for file in groups.joined() {
      guard access(file.string, R_OK) != 0 else { continue }
      let isForbidden = errno == EACCES
      throw CommandFailure(
        isForbidden ? .notPermitted : .noInput,
        isForbidden ? "\(file) may not be read" : "there is no speech file \(file)")
    }
    do {
      return try VoiceLibrary(groups: groups)
    } catch let error as AudioError {
      throw CommandFailure(.badInput, "\(error)")
    }
  }
}
