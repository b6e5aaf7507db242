import CaptureLog
import Testing

@testable import CaptureImport

@Suite struct PcapngReaderTests {
  @Test("every packet block, several interfaces, both byte orders", arguments: [false, true])
  func blocks(bigEndian: Bool) throws {
    var file = PcapngFile(bigEndian: bigEndian)
    file.appendInterface()
    file.appendInterface(linkType: 1, options: [(2, Array("eth0".utf8)), (9, [9])])
    file.appendBlock(5, [0, 0, 0, 0])
    file.appendBlock(0x0BAD, [0, 0, 0, 1])
    file.appendBlock(0x8000_0001, [1, 2, 3, 4])
    let ip = Frames.ipv4(Frames.udp([7]))
    file.appendEnhanced(ip, ticks: 5_000_001)
    file.appendEnhanced(Frames.ethernet(ip), ticks: 6_000_000_001, interface: 1)
    file.appendObsolete(Frames.ethernet(ip), ticks: 7_000_000_001, interface: 1)
    file.appendSimple(ip)
    let reading = try Reading(file.bytes)
    #expect(reading.datagrams.map { $0.payload } == [[7], [7], [7], [7]])
    #expect(
      reading.datagrams.map { $0.time } == [5_000_001_000, 6_000_000_001, 7_000_000_001, nil])
    #expect(reading.damages.isEmpty && reading.skipped.isEmpty)
  }

  @Test("a second section, of the other byte order, starts its interfaces anew")
  func sections() throws {
    var file = PcapngFile()
    file.appendInterface()
    var other = PcapngFile(bigEndian: true)
    other.appendInterface(options: [(9, [3])])
    other.appendEnhanced(Frames.ipv4(Frames.udp([1])), ticks: 2)
    other.appendEnhanced(Frames.ipv4(Frames.udp([2])), ticks: 3, interface: 1)
    let reading = try Reading(file.bytes + other.bytes)
    #expect(reading.datagrams.map { $0.time } == [2_000_000])
    #expect(reading.skipped == [.malformed])
  }

  @Test(
    "resolutions and offsets, and times that do not fit",
    arguments: [
      ([(9, [6])], 1_500_000, 1_500_000_000), ([(9, [0])], 3, 3_000_000_000),
      ([(9, [0x80 | 10])], 1536, 1_500_000_000), ([(9, [12])], 1_234_567, 1234),
      ([(9, [0x80 | 63])], 1 << 62, 500_000_000), ([(9, [0x80 | 64])], 1, nil),
      ([(9, [20])], 1, nil), ([(9, [0])], .max, nil), ([(9, [19])], .max, 1_844_674_407),
      ([(14, [10, 0, 0, 0, 0, 0, 0, 0])], 1, 10_000_001_000),
      ([(14, [255, 255, 255, 255, 255, 255, 255, 255])], 2_000_000, 1_000_000_000),
      ([(14, [255, 255, 255, 255, 255, 255, 255, 127])], 2_000_000, nil),
      // Of the wrong length: as if it were not there.
      ([(9, [9, 0])], 1, 1000),
    ] as [([(code: Int, value: [UInt8])], UInt64, Int64?)])
  func times(options: [(code: Int, value: [UInt8])], ticks: UInt64, time: Int64?) throws {
    var file = PcapngFile()
    file.appendInterface(options: options)
    file.appendEnhanced(Frames.ipv4(Frames.udp([1])), ticks: ticks)
    #expect(try Reading(file.bytes).datagrams.map { $0.time } == [time])
  }

  @Test("a simple block holds what the snap length left")
  func simpleBlocks() throws {
    var file = PcapngFile()
    let ip = Frames.ipv4(Frames.udp([1, 2, 3, 4, 5, 6, 7, 8]))
    file.appendInterface(snapLength: 32)
    file.appendSimple(Array(ip.prefix(32)), original: ip.count)
    let reading = try Reading(file.bytes)
    #expect(reading.skipped == [.snapped])
  }

  @Test("reading goes on behind a block with a wrong length", arguments: 0..<12)
  func resynchronizes(flipped: Int) throws {
    var file = PcapngFile()
    file.appendInterface()
    var block = 0
    for number in 0..<10 {
      if number == 4 { block = file.bytes.count }
      file.appendEnhanced(Frames.ipv4(Frames.udp([UInt8(number)])), ticks: 1)
    }
    var bytes = file.bytes
    bytes[block + flipped] ^= 0x20
    let reading = try Reading(bytes)
    let found = reading.datagrams.map { $0.payload[0] }
    #expect(found == [0, 1, 2, 3, 5, 6, 7, 8, 9])
    // A changed type is a block that is not known, a changed interface one that is not declared.
    #expect(reading.damages.count == ((4..<8).contains(flipped) ? 1 : 0))
  }
}
