internal import COpus

/// One Opus decoder of libopus (RFC 6716 section 4), with its state.
///
/// Buffers belong to the caller and are reused: a call writes from their start, enlarges them only when they are too small, and
/// returns the samples per channel. Two channels are interleaved. Nothing is allocated in steady state.
///
/// A packet that cannot be decoded throws and leaves the decoder usable; the state of the codec is then that of
/// before the packet, so conceal the packet's duration and go on.
///
/// It is safe to send: the handle is never shared, and libopus keeps no state outside of it.
package struct OpusDecoder: ~Copyable, @unchecked Sendable {
  private let handle: OpaquePointer
  /// Output rate in Hz.
  package let sampleRate: Int
  /// 1 or 2; a stereo packet decoded to one channel is mixed down by the decoder.
  package let channels: Int

  /// - Parameters:
  ///   - sampleRate: 8000, 12000, 16000, 24000 or 48000.
  ///   - channels: 1 or 2.
  package init(sampleRate: Int = 48000, channels: Int = 1) throws(AudioError) {
    guard [8000, 12000, 16000, 24000, 48000].contains(sampleRate), (1...2).contains(channels) else {
      throw .invalidParameter("no Opus decoder for \(sampleRate) Hz and \(channels) channels")
    }
    var code: Int32 = 0
    guard let handle = opus_decoder_create(Int32(sampleRate), Int32(channels), &code) else {
      throw .library(name: "libopus", message: "decoder not created (\(code))")
    }
    self.handle = handle
    self.sampleRate = sampleRate
    self.channels = channels
  }

  deinit { opus_decoder_destroy(handle) }

  /// The most samples per channel that one packet gives: 120 ms.
  package var maximumSamples: Int { sampleRate / 25 * 3 }

  /// Decodes a packet.
  ///
  /// - Returns: Samples per channel written.
  /// - Throws: `AudioError.malformedPacket(.empty)`, `AudioError.undecodable`.
  package mutating func decode(
    _ packet: Span<UInt8>, into output: inout [Float]
  ) throws(AudioError) -> Int {
    guard packet.count > 0 else { throw .malformedPacket(.empty) }
    return try run(packet, samples: maximumSamples, fec: 0, into: &output)
  }

  /// Recovers the audio just before a packet from the redundancy in it (LBRR); to be called before `decode` of the same packet.
  ///
  /// Use it only where `OpusPacket.hasLBRR`: otherwise it is the same as `conceal`. When `samples` exceeds the packet's
  /// frame, the part before the last frame is concealed.
  ///
  /// - Parameter samples: How much is missing, per channel at the decoder's rate: a multiple of 2.5 ms, at most 120 ms.
  package mutating func recover(
    from packet: Span<UInt8>, samples: Int, into output: inout [Float]
  ) throws(AudioError) -> Int {
    guard packet.count > 0 else { throw .malformedPacket(.empty) }
    try checkDuration(samples)
    return try run(packet, samples: samples, fec: 1, into: &output)
  }

  /// Extrapolates over missing audio (packet loss concealment).
  ///
  /// - Parameter samples: As for `recover`.
  package mutating func conceal(
    samples: Int, into output: inout [Float]
  ) throws(AudioError) -> Int {
    try checkDuration(samples)
    return try run(Span(), samples: samples, fec: 0, into: &output)
  }

  /// Forgets what was decoded, as if newly made; cheap, without an allocation.
  package mutating func reset() {
    _ = tapedeck_opus_decoder_reset(handle)
  }

  private func checkDuration(_ samples: Int) throws(AudioError) {
    guard samples > 0, samples <= maximumSamples, samples * 400 % sampleRate == 0 else {
      throw .invalidParameter("\(samples) samples is not a multiple of 2.5 ms up to 120 ms")
    }
  }

  private mutating func run(
    _ packet: Span<UInt8>, samples: Int, fec: Int32, into output: inout [Float]
  ) throws(AudioError) -> Int {
    let needed = samples * channels
    if output.count < needed {
      output.append(contentsOf: repeatElement(0, count: needed - output.count))
    }
    guard let bytes = Int32(exactly: packet.count) else { throw .malformedPacket(.frameTooLong) }
    let handle = self.handle
    let result = output.withUnsafeMutableBufferPointer { output -> Int32 in
      guard let target = output.baseAddress else { return OPUS_BUFFER_TOO_SMALL }
      return packet.withUnsafeBufferPointer { packet in
        opus_decode_float(handle, packet.baseAddress, bytes, target, Int32(samples), fec)
      }
    }
    guard result >= 0 else { throw .undecodable(result) }
    return Int(result)
  }
}
