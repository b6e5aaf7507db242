import Testing

@testable import DiscordVoice

@Suite struct DatagramAddressTests {
  @Test(
    "text and bytes of an address are each other's",
    arguments: ["192.0.2.1", "8.8.8.8", "127.0.0.1", "::1", "2001:db8::17", "fe80::1"])
  func roundTrip(host: String) throws {
    let address = try #require(DatagramAddress(host: host, port: 50_001))
    #expect(address.host == host && address.port == 50_001)
    #expect(address.isIPv6 == host.contains(":"))
    #expect(DatagramAddress(bytes: address.bytes, port: 50_001) == address)
    #expect(DatagramAddress(address.system) == address)
    #expect(address.description == (address.isIPv6 ? "[\(host)]:50001" : "\(host):50001"))
  }

  @Test(
    "what is no address is none",
    arguments: ["", "256.1.1.1", "1.2.3", "localhost", "1.2.3.4:5", ":::", "2001:db8::g"])
  func refuses(host: String) {
    #expect(DatagramAddress(host: host, port: 1) == nil)
  }

  @Test func refusesOtherLengths() {
    for count in [0, 3, 5, 15, 17] {
      #expect(DatagramAddress(bytes: [UInt8](repeating: 1, count: count), port: 1) == nil)
    }
  }

  @Test(
    "only addresses of the public internet are global",
    arguments: [
      ("66.22.200.1", true), ("10.1.2.3", false), ("172.16.0.1", false), ("172.32.0.1", true),
      ("192.168.1.1", false), ("100.64.0.1", false), ("169.254.169.254", false),
      ("127.0.0.1", false), ("0.0.0.0", false), ("224.0.0.1", false), ("255.255.255.255", false),
      ("198.51.100.7", false), ("203.0.113.9", false), ("192.0.2.9", false), ("::1", false),
      ("fe80::1", false), ("fc00::1", false), ("ff02::1", false), ("2001:db8::1", false),
      ("2606:4700::1111", true), ("::ffff:10.0.0.1", false),
    ])
  func globalUnicast(host: String, isGlobal: Bool) throws {
    #expect(try #require(DatagramAddress(host: host, port: 1)).isGlobalUnicast == isGlobal)
  }
}
