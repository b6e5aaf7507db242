internal import CSndfile
package import SystemPackage

/// Reads any file that libsndfile can (WAV, FLAC, Ogg Opus, ...) as mono float samples at the file's own rate.
///
/// It is safe to send: the handle is never shared, and libsndfile keeps no state outside of it but the last error of opening.
package struct AudioFileReader: ~Copyable, @unchecked Sendable {
  private let handle: OpaquePointer
  private let path: FilePath
  private var scratch: [Float] = []
  /// In Hz.
  package let sampleRate: Int
  /// Of the file; reading averages them.
  package let channels: Int
  /// Samples per channel that the file says it has.
  package let frames: Int64

  /// - Throws: `AudioError.file` if the file cannot be read or is no audio file.
  package init(opening path: FilePath) throws(AudioError) {
    var info = SF_INFO()
    let handle = path.withPlatformString { sf_open($0, Int32(SFM_READ), &info) }
    guard let handle else {
      throw .file(path: path.string, errno: 0, message: String(cString: sf_strerror(nil)))
    }
    guard info.channels > 0, info.samplerate > 0, info.frames >= 0 else {
      sf_close(handle)
      throw .file(path: path.string, errno: 0, message: "no audio in it")
    }
    self.handle = handle
    self.path = path
    sampleRate = Int(info.samplerate)
    channels = Int(info.channels)
    frames = info.frames
  }

  deinit { sf_close(handle) }

  /// Goes to a sample, counted from the file's start.
  package mutating func seek(to frame: Int64) throws(AudioError) {
    guard sf_seek(handle, frame, Int32(SF_SEEK_SET)) == frame else {
      throw .file(path: path.string, errno: 0, message: String(cString: sf_strerror(handle)))
    }
  }

  /// Reads on.
  ///
  /// - Parameter output: Filled from its start, as far as it reaches.
  /// - Returns: Samples read; 0 at the end.
  package mutating func read(into output: inout [Float]) throws(AudioError) -> Int {
    guard !output.isEmpty else { return 0 }
    if channels == 1 { return try check(Self.readFrames(handle, &output, count: output.count)) }
    let block = max(1, Self.scratchSamples / channels)
    if scratch.isEmpty { scratch = Array(repeating: 0, count: block * channels) }
    var filled = 0
    while filled < output.count {
      let wanted = min(block, output.count - filled)
      let got = try check(Self.readFrames(handle, &scratch, count: wanted))
      let scale = 1 / Float(channels)
      for frame in 0..<got {
        var sum: Float = 0
        for channel in 0..<channels { sum += scratch[frame * channels + channel] }
        output[filled + frame] = sum * scale
      }
      filled += got
      if got < wanted { break }
    }
    return filled
  }

  /// The whole file.
  package static func readAll(
    _ path: FilePath
  ) throws(AudioError) -> (samples: [Float], sampleRate: Int) {
    var reader = try AudioFileReader(opening: path)
    var samples: [Float] = []
    var block = [Float](repeating: 0, count: scratchSamples)
    while true {
      let got = try reader.read(into: &block)
      if got == 0 { return (samples, reader.sampleRate) }
      samples.append(contentsOf: block[..<got])
    }
  }

  private static let scratchSamples = 16384

  private static func readFrames(
    _ handle: OpaquePointer, _ target: inout [Float], count: Int
  ) -> sf_count_t {
    target.withUnsafeMutableBufferPointer { sf_readf_float(handle, $0.baseAddress, Int64(count)) }
  }

  private func check(_ frames: sf_count_t) throws(AudioError) -> Int {
    guard frames >= 0, sf_error(handle) == 0 else {
      throw .file(path: path.string, errno: 0, message: String(cString: sf_strerror(handle)))
    }
    return Int(frames)
  }
}
