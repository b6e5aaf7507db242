internal import DAVEFrames
internal import RTP
internal import VoiceCrypto

/// A speaker behind a voice server: packets every 20 ms that the connection's key opens, and frames
/// in them that the speaker's does.
struct SpeechSource: ~Copyable {
  static let key = [UInt8](repeating: 0x5A, count: 32)
  static let mode = TransportMode.aes256GCM
  static let frameNanoseconds: Int64 = 20_000_000

  let ssrc: UInt32
  /// Packets made so far.
  private(set) var count = 0
  private var cipher: TransportCipher
  private var sealer: FrameSealer
  /// Opus, 48 kbit/s.
  private let opus = [UInt8](repeating: 0x78, count: 120)
  /// RFC 8285 4.2, as Discord's packets have it.
  private let extensionBody: [UInt8] = [0x10, 0x94, 0x31, 0, 0, 0, 0, 0]
  private var frame: [UInt8] = []

  init(ssrc: UInt32) throws {
    let cipher = try TransportCipher(mode: Self.mode, key: Self.key)
    sealer = try FrameSealer(baseSecret: Self.secret(of: ssrc))
    self.ssrc = ssrc
    self.cipher = cipher
  }

  /// Of the speaker in the first epoch.
  static func secret(of ssrc: UInt32) -> [UInt8] {
    [UInt8](repeating: UInt8(truncatingIfNeeded: ssrc), count: 16)
  }

  /// The 16-bit number of the next packet.
  var sequence: UInt16 { UInt16(truncatingIfNeeded: 1_000 + count) }
  var timestamp: UInt32 { UInt32(truncatingIfNeeded: 5_000 + 960 * count) }

  mutating func next(into packet: inout [UInt8]) throws {
    var header: [UInt8] = []
    RTPHeader(
      payloadType: 120, sequenceNumber: sequence, timestamp: timestamp, ssrc: ssrc,
      hasExtension: true, extensionBodyLength: extensionBody.count
    ).encode(into: &header)
    let opus = opus
    try sealer.seal(opus.span, into: &frame)
    let plaintext = extensionBody + frame
    let nonce = UInt32(truncatingIfNeeded: count) &+ ssrc << 20
    try cipher.seal(header: header.span, plaintext: plaintext.span, nonce: nonce, into: &packet)
    count += 1
  }
}
