internal import Audio

/// A voice through an Opus encoder. A class, since it owns an encoder and stands in arrays.
final class VoiceEncoder {
  private let voice: Voice
  private let sender: SenderModel
  private var encoder: OpusEncoder
  private var mono: [Float]
  private var interleaved: [Float] = []
  private var packet: [UInt8] = []

  init(_ voice: Voice, sender: SenderModel) throws(AudioError) {
    encoder = try OpusEncoder(Self.options(sender))
    self.voice = voice
    self.sender = sender
    mono = Array(repeating: 0, count: sender.packetSamples)
    if sender.encoder.channels == 2 {
      interleaved = Array(repeating: 0, count: 2 * sender.packetSamples)
    }
  }

  /// Encodes the packet that begins at a sample of the voice.
  func encode(at position: Int64) throws(AudioError) -> [UInt8] {
    voice.copy(from: position, into: &mono)
    if sender.encoder.channels == 2 {
      for index in mono.indices {
        interleaved[2 * index] = mono[index]
        // Wide enough that the encoder keeps two channels.
        interleaved[2 * index + 1] = index >= 24 ? 0.6 * mono[index - 24] : 0
      }
      return try encode(interleaved)
    }
    return try encode(mono)
  }

  private func encode(_ samples: [Float]) throws(AudioError) -> [UInt8] {
    try encoder.encode(samples.span, into: &packet)
    // A copy of its own size: the encoder's buffer has room for the largest packet.
    var copy: [UInt8] = []
    copy.reserveCapacity(packet.count)
    copy += packet
    return copy
  }

  private static func options(_ sender: SenderModel) throws(AudioError) -> OpusEncoder.Options {
    guard let duration = OpusEncoder.PacketDuration(rawValue: sender.packetSamples) else {
      throw .invalidParameter("no Opus packet has \(sender.packetSamples) samples")
    }
    var options = OpusEncoder.Options()
    options.channels = sender.encoder.channels
    options.bitrate = sender.encoder.bitrate
    options.duration = duration
    options.fec = sender.encoder.forwardErrorCorrection
    options.lossPercent = sender.encoder.expectedLossPercent
    options.signal = .voice
    options.mode =
      switch sender.encoder.layer {
      case .celt: .celt
      case .hybrid: .hybrid
      case .silk: .silk
      }
    return options
  }
}
