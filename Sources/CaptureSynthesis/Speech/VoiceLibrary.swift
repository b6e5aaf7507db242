internal import Audio
package import SystemPackage

/// The voices of the speakers of a capture.
package struct VoiceLibrary: Sendable {
  package let voices: [Voice]

  package init(voices: [Voice]) {
    self.voices = voices
  }

  /// Made-up voices, one for each of `count` speakers.
  package static func synthetic(count: Int, seconds: Double = 20, seed: UInt64 = 1)
    -> VoiceLibrary
  {
    let random = SplitMix64(seed: seed)
    return VoiceLibrary(
      voices: (0..<max(count, 1)).map { index in
        var own = random.child(UInt64(index))
        return Voice.synthetic(seconds: seconds, seed: own.next())
      })
  }

  /// Reads speech files; those of one group are one voice, with 0.3 s between them.
  ///
  /// Files named `.raw` are taken for 16-bit little-endian mono at 16 kHz; everything else is what
  /// libsndfile reads.
  package init(groups: [[FilePath]]) throws {
    var voices: [Voice] = []
    for files in groups {
      var samples: [Float] = []
      for file in files {
        samples += try Self.load(file)
        samples += repeatElement(0, count: 14_400)
      }
      voices.append(Voice(samples: samples))
    }
    self.voices = voices
  }

  /// The voice of a number; numbers go round.
  package subscript(number: Int) -> Voice {
    voices[number % voices.count]
  }

  private static func load(_ file: FilePath) throws -> [Float] {
    let (samples, rate) =
      try file.extension == "raw" ? (loadRaw(file), 16_000) : AudioFileReader.readAll(file)
    guard rate != 48_000 else { return samples }
    var resampler = try Resampler(inputRate: Double(rate), outputRate: 48_000)
    var output: [Float] = []
    let count = try resampler.process(samples.span, into: &output, end: true)
    return Array(output.prefix(count))
  }

  private static func loadRaw(_ file: FilePath) throws -> [Float] {
    let descriptor = try FileDescriptor.open(file, .readOnly)
    return try descriptor.closeAfter {
      var bytes: [UInt8] = []
      var block = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = try block.withUnsafeMutableBytes { try descriptor.read(into: $0) }
        if count == 0 { break }
        bytes += block[..<count]
      }
      return stride(from: 0, to: bytes.count - 1, by: 2).map {
        Float(Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)) / 32_768
      }
    }
  }
}
