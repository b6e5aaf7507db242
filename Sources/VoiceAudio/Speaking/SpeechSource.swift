internal import Audio
internal import SystemPackage

/// Gives sound as Opus frames of 20 ms at 48 kHz, mono, from a file of any rate or from memory.
///
/// Files are read as they are spoken, a block ahead.
struct SpeechSource: ~Copyable {
  static let rate = 48_000
  static let frameSamples = 960
  /// Samples read at once.
  private static let block = 8_192

  private var file: AudioFileReader?
  private var memory: [Float]
  private var position = 0
  private var resampler: Resampler?
  private var encoder: OpusEncoder
  private var input = [Float](repeating: 0, count: block)
  private var resampled: [Float] = []
  /// At 48 kHz; those before `first` were given.
  private var ready: [Float] = []
  private var first = 0
  private var hasEnded = false
  private var encoded: [UInt8] = []

  /// A WAV, FLAC, Ogg or other file that libsndfile reads.
  init(file path: FilePath, bitrate: Int) throws(AudioError) {
    let reader = try AudioFileReader(opening: path)
    let rate = reader.sampleRate
    try self.init(file: reader, samples: [], rate: rate, bitrate: bitrate)
  }

  /// Mono samples.
  init(samples: [Float], rate: Int, bitrate: Int) throws(AudioError) {
    try self.init(file: nil, samples: samples, rate: rate, bitrate: bitrate)
  }

  private init(
    file: consuming AudioFileReader?, samples: [Float], rate: Int, bitrate: Int
  ) throws(AudioError) {
    var options = OpusEncoder.Options()
    options.bitrate = bitrate
    // Listeners lose packets too.
    options.lossPercent = 5
    // First all that may fail: nothing is half made then.
    let encoder = try OpusEncoder(options)
    let resampler =
      rate == Self.rate
      ? nil : try Resampler(inputRate: Double(rate), outputRate: Double(Self.rate))
    self.file = file
    self.encoder = encoder
    self.resampler = resampler
    memory = samples
  }

  /// The next frame; nil at the end. The last one is filled up with zeros.
  mutating func next() throws(AudioError) -> [UInt8]? {
    while ready.count - first < Self.frameSamples, !hasEnded { try readOn() }
    guard ready.count > first else { return nil }
    if ready.count - first < Self.frameSamples {
      let missing = Self.frameSamples - (ready.count - first)
      ready.append(contentsOf: repeatElement(0, count: missing))
    }
    let samples = ready
    try encoder.encode(
      samples.span.extracting(first..<(first + Self.frameSamples)), into: &encoded)
    first += Self.frameSamples
    return encoded
  }

  private mutating func readOn() throws(AudioError) {
    if first > 0 {
      ready.removeFirst(first)
      first = 0
    }
    let count = try readInput()
    hasEnded = count == 0
    guard resampler != nil else {
      ready.append(contentsOf: input[..<count])
      return
    }
    let input = self.input
    let made = try resampler?.process(
      input.span.extracting(0..<count), into: &resampled, end: hasEnded)
    ready.append(contentsOf: resampled[..<(made ?? 0)])
  }

  private mutating func readInput() throws(AudioError) -> Int {
    if file != nil { return try file?.read(into: &input) ?? 0 }
    let count = min(Self.block, memory.count - position)
    for index in 0..<count { input[index] = memory[position + index] }
    position += count
    return count
  }
}
