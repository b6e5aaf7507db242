import DAVEFrames
import RTP
import VoiceCrypto

@testable import VoiceAudio

/// Makes datagrams as a voice server forwards them: extension, padding, both encryptions.
struct PacketMaker: ~Copyable {
  static let key = [UInt8](repeating: 7, count: 32)
  static let mode = TransportMode.aes256GCM

  let ssrc: UInt32
  private var cipher: TransportCipher
  private var sealer: FrameSealer?
  private var nonce: UInt32 = 0
  var sequence: UInt16 = 65_530
  var timestamp: UInt32 = .max - 2_000

  /// - Parameter secret: of the sender's epoch; nil: no end-to-end encryption.
  init(ssrc: UInt32, secret: [UInt8]?) throws {
    let cipher = try TransportCipher(mode: Self.mode, key: Self.key)
    let sealer: FrameSealer? = if let secret { try FrameSealer(baseSecret: secret) } else { nil }
    self.ssrc = ssrc
    self.cipher = cipher
    self.sealer = sealer
  }

  /// Frames are sealed under another epoch from now on.
  mutating func change(secret: [UInt8]) throws { sealer = try FrameSealer(baseSecret: secret) }

  /// The next packet, 20 ms after the one before.
  mutating func next(_ opus: [UInt8], padding: Int = 0) throws -> [UInt8] {
    var frame: [UInt8] = []
    if sealer != nil { try sealer?.seal(opus.span, into: &frame) } else { frame = opus }
    return try packet(frame, padding: padding)
  }

  /// The next packet with a payload as it is.
  mutating func packet(_ frame: [UInt8], padding: Int = 0) throws -> [UInt8] {
    let header = RTPHeader(
      hasPadding: padding > 0, payloadType: 120, sequenceNumber: sequence, timestamp: timestamp,
      ssrc: ssrc, hasExtension: true, extensionBodyLength: 4)
    var clear: [UInt8] = []
    header.encode(into: &clear)
    var body: [UInt8] = [0x51, 0, 0, 0] + frame
    if padding > 0 { body += [UInt8](repeating: 0, count: padding - 1) + [UInt8(padding)] }
    var datagram: [UInt8] = []
    nonce += 1
    try cipher.seal(header: clear.span, plaintext: body.span, nonce: nonce, into: &datagram)
    sequence &+= 1
    timestamp &+= 960
    return datagram
  }
}

/// A receiver with a clock that counts packets.
struct ReceiverBench: ~Copyable {
  var receiver = LiveReceiver()
  var frames: [VoiceFrame] = []
  var now: Int64 = 1_000_000_000

  init() { receiver.connect(0, mode: PacketMaker.mode, key: PacketMaker.key) }

  mutating func receive(_ datagram: [UInt8], connection: UInt32 = 0) {
    now += 20_000_000
    receiver.receive(
      datagram.span, connection: connection, arrival: now + 5, at: now, into: &frames)
  }

  mutating func map(_ ssrc: UInt32, to user: UInt64) {
    receiver.map(ssrc, to: user, connection: 0, at: now, into: &frames)
  }

  mutating func install(_ epoch: UInt64, _ secrets: [UInt64: [UInt8]]) {
    receiver.install(
      FrameEpoch(connection: 0, incarnation: 0, epoch: epoch), secrets: secrets, at: now,
      into: &frames)
  }

  mutating func tick(after nanoseconds: Int64) {
    now += nanoseconds
    receiver.tick(at: now, into: &frames)
  }
}
