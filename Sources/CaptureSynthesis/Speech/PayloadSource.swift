internal import Audio

/// Where the Opus payloads of a capture come from.
package enum PayloadKind: Sendable, Equatable {
  /// Each packet is encoded: true speech throughout.
  case encoded
  /// So many seconds of each voice are encoded once and repeated: real speech to decode at little
  /// cost to make.
  case looped(seconds: Double)
  /// Well-formed packets of silence: for tests of time, order and counts.
  case dummy
}

/// The Opus packets of one speaker, asked for in the order in which they are sent.
struct PayloadSource: ~Copyable {
  private enum Content {
    case encoded
    case looped([[UInt8]])
    case dummy([UInt8])
  }

  private let voice: Voice?
  private let sender: SenderModel
  private var encoder: OpusEncoder?
  private var content: Content
  private var mono: [Float]
  private var interleaved: [Float]
  private var undecodables = 0

  /// - Throws: `AudioError` when the encoder refuses the sender's settings.
  init(_ kind: PayloadKind, sender: SenderModel, voice: Voice?) throws(AudioError) {
    self.sender = sender
    self.voice = voice
    mono = Array(repeating: 0, count: sender.packetSamples)
    interleaved = Array(repeating: 0, count: 2 * sender.packetSamples)
    content = .encoded
    guard kind != .dummy, let voice else {
      content = .dummy(Self.dummy(sender))
      return
    }
    encoder = try OpusEncoder(Self.options(sender))
    if case .looped(let seconds) = kind {
      let packets = max(1, Int(seconds * 48_000) / sender.packetSamples)
      var loop: [[UInt8]] = []
      for index in 0..<packets {
        loop.append(try encode(voice, at: Int64(index) * Int64(sender.packetSamples)))
      }
      content = .looped(loop)
      encoder = nil
    }
  }

  /// The payload of the next packet.
  mutating func payload(_ packet: PacketContent) throws(AudioError) -> [UInt8] {
    switch packet {
    case .silence: return [0xF8, 0xFF, 0xFE]
    // The TOC of a 20 ms CELT frame and nothing behind it.
    case .comfort: return [0xF8]
    case .undecodable:
      undecodables += 1
      return Self.undecodable(undecodables)
    case .speech(let position):
      switch content {
      case .dummy(let bytes): return bytes
      case .looped(let loop):
        return loop[Int(position / Int64(sender.packetSamples)) % loop.count]
      case .encoded:
        guard let voice else { return [] }
        return try encode(voice, at: position)
      }
    }
  }

  private mutating func encode(_ voice: Voice, at position: Int64) throws(AudioError) -> [UInt8] {
    voice.copy(from: position, into: &mono)
    var packet: [UInt8] = []
    guard sender.encoder.channels == 2 else {
      try encoder?.encode(mono.span, into: &packet)
      return packet
    }
    for index in mono.indices {
      interleaved[2 * index] = mono[index]
      // Wide enough for the encoder to keep two channels, and no less speech when averaged.
      interleaved[2 * index + 1] = index >= 24 ? 0.6 * mono[index - 24] : 0
    }
    try encoder?.encode(interleaved.span, into: &packet)
    return packet
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

  /// A packet that parses, of the right length: CELT up to 20 ms, SILK above; all bits zero.
  private static func dummy(_ sender: SenderModel) -> [UInt8] {
    let configuration: UInt8 =
      switch sender.frameSamples {
      case 120: 28
      case 240: 29
      case 480: 30
      case 1920: 10
      case 2880: 11
      default: 31
      }
    let frame = [UInt8](repeating: 0, count: 12)
    guard sender.framesPerPacket > 1 else { return [configuration << 3] + frame }
    let frames = (0..<sender.framesPerPacket).flatMap { _ in frame }
    return [configuration << 3 | 3, UInt8(sender.framesPerPacket)] + frames
  }

  /// Packets against the framing rules of RFC 6716, section 3.4.
  private static func undecodable(_ number: Int) -> [UInt8] {
    switch number % 3 {
    case 0: [0xFB, 0x3F, 1, 2, 3]  // 63 frames of 20 ms
    case 1: [0xF9, 1, 2, 3, 4, 5]  // two equal frames in five bytes
    default: [0xFA, 0xFC, 0xFF, 7]  // a first frame longer than the packet
    }
  }
}
