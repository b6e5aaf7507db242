import CaptureLog
import Testing

@testable import CaptureImport

@Suite struct PcapReaderTests {
  @Test(
    "micro- and nanoseconds in both byte orders, and the patched format",
    arguments: [
      (0xA1B2_C3D4, 1_000_123_456_000), (0xA1B2_3C4D, 1_000_000_123_456),
      (0xA1B2_CD34, 1_000_123_456_000),
    ] as [(Int, Int64)], [false, true])
  func layouts(layout: (magic: Int, time: Int64), bigEndian: Bool) throws {
    var file = PcapFile(magic: layout.magic, bigEndian: bigEndian)
    file.append(Frames.ipv4(Frames.udp([1, 2, 3])), seconds: 1000, fraction: 123_456)
    file.append(Frames.ipv4(Frames.udp([])), seconds: 0xFFFF_FFFF, fraction: 0xFFFF_FFFF)
    let reading = try Reading(file.bytes)
    #expect(reading.datagrams.map { $0.payload } == [[1, 2, 3], []])
    #expect(reading.datagrams.first?.time == layout.time)
    #expect(reading.damages.isEmpty)
  }

  @Test("the link type's upper bits tell of check sequences and do not matter")
  func frameCheckSequence() throws {
    var file = PcapFile(linkType: 0x4400_0001)
    file.append(Frames.ethernet(Frames.ipv4(Frames.udp([9]))) + [1, 2, 3, 4], seconds: 1)
    #expect(try Reading(file.bytes).datagrams.map { $0.payload } == [[9]])
  }

  @Test("after a length that cannot be, the rest is one damage")
  func wrongLength() throws {
    var file = PcapFile()
    file.append(Frames.ipv4(Frames.udp([1])), seconds: 1)
    let start = Int64(file.bytes.count)
    file.append([UInt8](repeating: 0x45, count: 262_145), seconds: 2)
    let reading = try Reading(file.bytes)
    #expect(reading.datagrams.count == 1)
    #expect(reading.damages == [start..<Int64(file.bytes.count)])
  }

  @Test("what is no recording is refused, and what is compressed said")
  func refused() {
    for bytes in [[], [0xA1], [0xA1, 0xB2, 0xC3, 0xD4], Array("GIF89a".utf8), [0x1F, 0x8B, 8, 0]] {
      #expect { try Reading(bytes) } throws: { ($0 as? CaptureError)?.code == .invalid }
    }
    #expect { try Reading([0x1F, 0x8B, 8, 0]) } throws: { "\($0)".contains("gunzip") }
    #expect { try Reading([0x28, 0xB5, 0x2F, 0xFD]) } throws: { "\($0)".contains("unzstd") }
  }
}
