internal import RTP
internal import VoiceCrypto

/// A speaker behind a voice server: packets every 20 ms that the connection's key opens.
struct SpeechSource: ~Copyable {
  static let key = [UInt8](repeating: 0x5A, count: 32)
  static let mode = TransportMode.aes256GCM
  static let frameNanoseconds: Int64 = 20_000_000

  let ssrc: UInt32
  /// Packets made so far.
  private(set) var count = 0
  private var cipher: TransportCipher
  private let payload: [UInt8]

  init(ssrc: UInt32) throws {
    self.ssrc = ssrc
    cipher = try TransportCipher(mode: Self.mode, key: Self.key)
    // As long as speech at 48 kbit/s behind an extension of 8 bytes.
    payload = [UInt8](repeating: 0x78, count: 128)
  }

  /// The 16-bit number of the next packet.
  var sequence: UInt16 { UInt16(truncatingIfNeeded: 1_000 + count) }
  var timestamp: UInt32 { UInt32(truncatingIfNeeded: 5_000 + 960 * count) }

  mutating func next(into packet: inout [UInt8]) throws {
    var header: [UInt8] = []
    RTPHeader(
      payloadType: 120, sequenceNumber: sequence, timestamp: timestamp, ssrc: ssrc,
      hasExtension: true, extensionBodyLength: 8
    ).encode(into: &header)
    let plaintext = payload
    let nonce = UInt32(truncatingIfNeeded: count) &+ ssrc << 20
    try cipher.seal(header: header.span, plaintext: plaintext.span, nonce: nonce, into: &packet)
    count += 1
  }
}
