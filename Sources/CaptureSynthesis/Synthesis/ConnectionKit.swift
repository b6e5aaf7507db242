internal import CaptureLog
internal import RTP
internal import VoiceCrypto

/// A voice connection of the synthetic capture: addresses, key, cipher.
struct ConnectionKit: ~Copyable {
  let number: UInt32
  let local: String
  let remote: String
  /// The recorder's own SSRC and the address by which the server sees it.
  let ssrc: UInt32
  let key: [UInt8]
  private var cipher: TransportCipher
  private var nonce: UInt32

  /// - Throws: `VoiceCryptoError` when the C library refuses the mode.
  init(number: Int, mode: TransportMode, random: SplitMix64) throws(VoiceCryptoError) {
    var random = random
    self.number = UInt32(number)
    // Documentation addresses (RFC 5737, RFC 3849); every second connection is IPv6.
    if number.isMultiple(of: 2) {
      local = "192.0.2.10:\(50_000 + number % 1000)"
      remote = "198.51.100.\(7 + number % 200):50001"
    } else {
      local = "[2001:db8::10]:\(50_000 + number % 1000)"
      remote = "[2001:db8:1::\(7 + number % 200)]:50001"
    }
    ssrc = UInt32(truncatingIfNeeded: random.next() % 16_000_000) + 20_000_000
    var keyRandom = random.child(1)
    key = (0..<mode.keyLength).map { _ in UInt8(truncatingIfNeeded: keyRandom.next() >> 32) }
    cipher = try TransportCipher(mode: mode, key: key)
    nonce = UInt32(truncatingIfNeeded: random.next())
  }

  /// Encrypts a packet; nonces never repeat within the 4 billion packets of a connection.
  mutating func seal(_ packet: PreparedPacket, into datagram: inout [UInt8])
    throws(VoiceCryptoError)
  {
    nonce &+= 1
    try cipher.seal(
      header: packet.header.span, plaintext: packet.plaintext.span, nonce: nonce, into: &datagram)
  }

  /// The recorder asks the server how it is seen, and is told (UDP, in the clear).
  func discovery() -> (request: [UInt8], response: [UInt8]) {
    let (address, port) = Self.split(local)
    return (
      IPDiscovery.request(ssrc: ssrc).encoded(),
      IPDiscovery.response(ssrc: ssrc, address: address, port: port).encoded()
    )
  }

  func event(mode: TransportMode, daveVersion: Int) -> ConnectionEvent {
    ConnectionEvent(
      connection: number, local: local, remote: remote, mode: mode.rawValue, ssrc: ssrc,
      dave: daveVersion)
  }

  private static func split(_ text: String) -> (String, UInt16) {
    let colon = text.lastIndex(of: ":") ?? text.endIndex
    let host = text[..<colon].filter { $0 != "[" && $0 != "]" }
    return (String(host), UInt16(text[colon...].dropFirst()) ?? 0)
  }
}
