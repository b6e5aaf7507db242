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
struct PayloadSource {
  private enum Content {
    case encoded
    case looped([[UInt8]])
    case dummy([UInt8])
  }

  private let sender: SenderModel
  private var encoder: VoiceEncoder?
  private let content: Content
  private var undecodables = 0

  /// - Throws: `AudioError` when the encoder refuses the sender's settings.
  init(_ kind: PayloadKind, sender: SenderModel, voice: Voice?) throws(AudioError) {
    self.sender = sender
    guard kind != .dummy, let voice else {
      content = .dummy(Self.dummy(sender))
      return
    }
    let encoder = try VoiceEncoder(voice, sender: sender)
    guard case .looped(let seconds) = kind else {
      self.encoder = encoder
      content = .encoded
      return
    }
    let packets = max(1, Int(seconds * 48_000) / sender.packetSamples)
    var loop: [[UInt8]] = []
    for index in 0..<packets {
      loop.append(try encoder.encode(at: Int64(index) * Int64(sender.packetSamples)))
    }
    content = .looped(loop)
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
        return try encoder?.encode(at: position) ?? []
      }
    }
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
