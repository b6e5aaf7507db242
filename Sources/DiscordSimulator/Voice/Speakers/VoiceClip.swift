internal import Audio
package import CaptureSynthesis
package import SystemPackage

/// Speech, encoded once: what a scripted speaker says in one go. Several speakers may share one.
package struct VoiceClip: Sendable {
  /// Opus packets of 20 ms.
  package let packets: [[UInt8]]

  /// How long it is.
  package var duration: Duration { .milliseconds(20 * packets.count) }

  /// Packets made elsewhere, 20 ms each.
  package init(packets: [[UInt8]]) {
    self.packets = packets
  }

  /// Encodes samples.
  ///
  /// - Parameters:
  ///   - samples: 48 kHz mono; the last packet is filled up with silence.
  ///   - bitrate: bits a second.
  /// - Throws: `AudioError` when libopus refuses.
  package init(samples: [Float], bitrate: Int = 64_000) throws {
    var options = OpusEncoder.Options()
    options.bitrate = bitrate
    options.signal = .voice
    // Dozens of speakers are encoded on machines that test something else.
    options.complexity = 5
    var encoder = try OpusEncoder(options)
    let length = options.duration.samples
    var packets: [[UInt8]] = []
    var packet: [UInt8] = []
    var start = 0
    while start < samples.count {
      var block = Array(samples[start..<min(start + length, samples.count)])
      block += repeatElement(0, count: length - block.count)
      try encoder.encode(block.span, into: &packet)
      packets.append(Array(packet))
      start += length
    }
    self.packets = packets
  }

  /// A part of a voice, from a time of it on.
  package init(
    _ voice: Voice, from start: Duration = .zero, for length: Duration, bitrate: Int = 64_000
  ) throws {
    let count = max(length, .zero).nanoseconds / 1000 * 48 / 1000
    var samples = [Float](repeating: 0, count: Int(count))
    voice.copy(from: start.nanoseconds / 1000 * 48 / 1000, into: &samples)
    try self.init(samples: samples, bitrate: bitrate)
  }

  /// A speech file: what libsndfile reads, or `.raw` (16 kHz, 16 bit, mono).
  package init(file: FilePath, bitrate: Int = 64_000) throws {
    let library = try VoiceLibrary(groups: [[file]])
    // The library adds a pause behind each file.
    try self.init(samples: library[0].samples.dropLast(14_400), bitrate: bitrate)
  }

  private init(samples: ArraySlice<Float>, bitrate: Int) throws {
    try self.init(samples: Array(samples), bitrate: bitrate)
  }
}
