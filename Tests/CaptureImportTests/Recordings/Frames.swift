/// IP packets and link-layer frames around a payload.
enum Frames {
  static func udp(_ payload: [UInt8], source: Int = 40_000, destination: Int = 50_000) -> [UInt8] {
    var datagram: [UInt8] = []
    datagram.append16(source)
    datagram.append16(destination)
    datagram.append16(8 + payload.count)
    datagram.append16(0)
    return datagram + payload
  }

  static func ipv4(
    _ contents: [UInt8], optionWords: Int = 0, fragment: Int = 0, proto: UInt8 = 17
  ) -> [UInt8] {
    var packet: [UInt8] = [UInt8(0x45 + optionWords), 0]
    packet.append16(20 + optionWords * 4 + contents.count)
    packet.append16(7)
    packet.append16(fragment)
    packet.append(contentsOf: [64, proto, 0, 0, 192, 0, 2, 1, 198, 51, 100, 9])
    packet.append(contentsOf: [UInt8](repeating: 1, count: optionWords * 4))
    return packet + contents
  }

  /// Extension headers as (number, bytes), the first number of each chain set accordingly.
  static func ipv6(_ contents: [UInt8], headers: [(UInt8, [UInt8])] = []) -> [UInt8] {
    var chain: [UInt8] = []
    for (index, header) in headers.enumerated() {
      chain.append(index + 1 < headers.count ? headers[index + 1].0 : 17)
      chain.append(contentsOf: header.1.dropFirst())
    }
    var packet: [UInt8] = [0x60, 0, 0, 0]
    packet.append16(chain.count + contents.count)
    packet.append(contentsOf: [headers.first?.0 ?? 17, 64])
    packet.append(contentsOf: [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1])
    packet.append(contentsOf: [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [2])
    return packet + chain + contents
  }

  static func ethernet(_ packet: [UInt8], vlans: [Int] = []) -> [UInt8] {
    var frame = [UInt8](repeating: 2, count: 12)
    for (index, vlan) in vlans.enumerated() {
      frame.append16(index + 1 < vlans.count ? 0x88A8 : 0x8100)
      frame.append16(vlan)
    }
    frame.append16(packet[0] >> 4 == 6 ? 0x86DD : 0x0800)
    return frame + packet
  }

  static func linuxCooked(_ packet: [UInt8]) -> [UInt8] {
    var frame = [UInt8](repeating: 0, count: 14)
    frame.append16(packet[0] >> 4 == 6 ? 0x86DD : 0x0800)
    return frame + packet
  }

  static func linuxCooked2(_ packet: [UInt8]) -> [UInt8] {
    var frame: [UInt8] = []
    frame.append16(packet[0] >> 4 == 6 ? 0x86DD : 0x0800)
    return frame + [UInt8](repeating: 0, count: 18) + packet
  }
}
