internal import Audio
internal import SystemPackage
internal import VoiceCrypto

/// The file of one track while it is written: samples go to the disk, to the digest and, where asked
/// for, to the loudness meter in one go.
final class TrackFile {
  /// What is known of a file when it is whole.
  struct Summary: Sendable {
    /// Name within the folder.
    var file: String
    var sha256: String
    /// Where samples were written; all else is pause.
    var extents: [SampleRange]
    var loudness: Manifest.Loudness?
  }

  private let path: FilePath
  private let name: String
  private let options: RenderOptions
  private let samples: Int64
  private let cancellation: RenderCancellation
  private var writer: SparseWAVWriter?
  private var digest: SpeechDigest
  private var meter: LoudnessMeter?

  /// Creates the file.
  ///
  /// - Parameters:
  ///   - stem: Of the file's name: a user's id, `ssrc-<n>` or `mix`.
  ///   - samples: Length of the track.
  init(
    stem: String, in folder: FilePath, samples: Int64, options: RenderOptions,
    cancellation: RenderCancellation
  ) throws(RenderError) {
    name = stem + "." + options.format.rawValue
    path = folder.appending(name)
    self.options = options
    self.samples = samples
    self.cancellation = cancellation
    digest = SpeechDigest(folder: folder, stem: stem)
    do {
      writer = try SparseWAVWriter(
        creating: path, sampleRate: options.sampleRate,
        format: options.format == .wav ? .wav : .flac, totalSamples: samples)
      meter = options.loudness ? try LoudnessMeter(sampleRate: options.sampleRate) : nil
    } catch {
      throw RenderError(error, path: path)
    }
  }

  func write(_ samples: Span<Int16>, at sample: Int64) throws(RenderError) {
    if cancellation.isCancelled { throw RenderCancellation.error }
    let isAfterPause = digest.extents.last.map { $0.end < sample } ?? false
    do {
      if isAfterPause {
        // A gating block of silence between extents, so that no block measures across a pause.
        try meter?.add([Int16](repeating: 0, count: options.sampleRate * 2 / 5).span)
      }
      try writer?.write(samples, at: sample)
      try meter?.add(samples)
    } catch {
      throw RenderError(error, path: path)
    }
    try digest.update(samples, at: sample)
  }

  /// Completes the file; nothing may be written after it.
  func finish() throws(RenderError) -> Summary {
    do {
      try writer.take()?.finish()
    } catch {
      throw RenderError(error, path: path)
    }
    var sha256 = try digest.finish()
    if options.digest == .file { sha256 = try FileDigest.sha256(of: path) }
    var loudness: Manifest.Loudness?
    if options.loudness {
      loudness = Manifest.Loudness(
        integrated: (meter?.integratedLUFS ?? nil).map { rounded($0, 2) },
        truePeak: (meter?.truePeakDecibels ?? nil).map { rounded($0, 2) })
    }
    return Summary(file: name, sha256: sha256, extents: digest.extents, loudness: loudness)
  }
}

/// The number to so many decimals: enough for people, and no digits that are noise.
func rounded(_ value: Double, _ decimals: Int) -> Double {
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  // Adding 0 makes 0 of -0.
  return (value * scale).rounded() / scale + 0
}

extension RenderError {
  /// What an error of the audio layer means for a render.
  init(_ error: AudioError, path: FilePath) {
    switch error {
    case .noSpace:
      self.init(.tryAgain, "no space left to write \(path): free some and render again")
    case .file(_, let code, let message):
      self =
        code == 0
        ? RenderError(.tryAgain, "cannot write \(path): \(message)")
        : FileSystem.failure("write", path, errno: code)
    default:
      self.init(.defect, "\(path): \(error)")
    }
  }
}
