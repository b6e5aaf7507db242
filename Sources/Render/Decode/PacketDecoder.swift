internal import Audio

/// Decodes a stream's packets to mono samples, and fills what is missing.
///
/// It begins with a one-channel decoder. At the first stereo packet it changes over, for good, to a
/// two-channel one whose output is averaged: averaging keeps what a decoder's own mixing to mono
/// loses of wide stereo, and mono streams, nearly all, do not pay for it.
struct PacketDecoder: ~Copyable {
  /// The decoded samples, from the start on; how many, each call says.
  private(set) var samples: [Float] = []
  let sampleRate: Int
  /// Made when the first packet comes: a session may have had many more streams than speak at once.
  private var decoder: OpusDecoder?
  private var isStereo = false

  /// - Parameter sampleRate: 8000, 12000, 16000, 24000 or 48000.
  init(sampleRate: Int) {
    self.sampleRate = sampleRate
  }

  /// Gives memory back; the next packet is decoded as if it were the first.
  mutating func release() {
    decoder = nil
    samples = []
  }

  /// Decodes a packet.
  ///
  /// - Returns: How many samples.
  mutating func decode(_ packet: Span<UInt8>, isStereo: Bool) throws(AudioError) -> Int {
    if isStereo, !self.isStereo {
      decoder = nil
      self.isStereo = true
    }
    try prepare()
    return mono(try decoder?.decode(packet, into: &samples) ?? 0)
  }

  /// Takes a silence frame, of which nothing is played.
  ///
  /// The decoder foretells each frame's loudness from the one before. One that does not hear the
  /// silence lets the next spurt begin as loud as the last one ended, and more.
  mutating func hearSilence(_ packet: Span<UInt8>) throws(AudioError) {
    _ = try decoder?.decode(packet, into: &samples)
  }

  /// Makes the audio before a packet from the redundancy in it.
  ///
  /// - Parameter length: In 48 kHz samples.
  mutating func recover(from packet: Span<UInt8>, length: Int) throws(AudioError) -> Int {
    try prepare()
    let wanted = length * sampleRate / 48_000
    return mono(try decoder?.recover(from: packet, samples: wanted, into: &samples) ?? 0)
  }

  /// Goes on without a packet.
  ///
  /// - Parameters:
  ///   - length: In 48 kHz samples, at most 120 ms.
  ///   - fade: Gain at the beginning and at the end.
  mutating func conceal(
    length: Int, fade: (from: Float, to: Float)
  ) throws(AudioError) -> Int {
    try prepare()
    let wanted = length * sampleRate / 48_000
    let count = mono(try decoder?.conceal(samples: wanted, into: &samples) ?? 0)
    guard fade.from != 1 || fade.to != 1 else { return count }
    let step = (fade.to - fade.from) / Float(max(count, 1))
    for index in 0..<count { samples[index] *= fade.from + step * Float(index) }
    return count
  }

  private mutating func prepare() throws(AudioError) {
    guard decoder == nil else { return }
    decoder = try OpusDecoder(sampleRate: sampleRate, channels: isStereo ? 2 : 1)
  }

  private mutating func mono(_ count: Int) -> Int {
    if isStereo { PCM.averageToMono(&samples, frames: count) }
    return count
  }
}
