/// Packets of one made-up sender.
struct RTPPackets {
  var ssrc = 0xD981_AE6A
  var payloadType = 111
  var sequence = 65_530
  var timestamp = 4_294_960_000
  /// The first byte of 20 ms full-band mono Opus in one frame.
  var toc: UInt8 = 0xF8
  var step = 960

  /// The next packet; its payload tells its number.
  mutating func next(extra: Int = 40) -> [UInt8] {
    var packet: [UInt8] = [0x80, UInt8(payloadType)]
    packet.append16(sequence & 0xFFFF)
    packet.append32(timestamp & 0xFFFF_FFFF)
    packet.append32(ssrc)
    packet.append(toc)
    packet.append16(sequence & 0xFFFF)
    packet.append(contentsOf: (0..<extra).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ sequence) })
    sequence += 1
    timestamp += step
    return packet
  }

  mutating func next(_ count: Int) -> [[UInt8]] { (0..<count).map { _ in next() } }
}
