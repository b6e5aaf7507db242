import CaptureLog
import Testing

@testable import CaptureImport

@Suite struct MJRReaderTests {
  @Test("the oldest files: a word, no arrivals")
  func word() throws {
    var packets = RTPPackets()
    var file = MJRFile(.word)
    let sent = packets.next(3)
    for packet in sent { file.append(packet) }
    let reading = try Reading(file.bytes)
    #expect(reading.datagrams.map { $0.payload } == sent)
    #expect(reading.datagrams.allSatisfy { $0.time == nil && $0.flow == .unknown })
    #expect(reading.damages.isEmpty && reading.skipped.isEmpty)
  }

  @Test("version 1: a JSON header, no arrivals")
  func version1() throws {
    var packets = RTPPackets()
    var file = MJRFile(.json1)
    file.append(packets.next())
    let reading = try Reading(file.bytes)
    #expect(reading.datagrams.map { $0.time } == [nil])
  }

  @Test("version 2: arrivals in milliseconds since the first frame")
  func version2() throws {
    var packets = RTPPackets()
    var file = MJRFile(.json2)
    file.append(packets.next(), at: 0)
    file.append(packets.next(), at: 21)
    file.append(packets.next(), at: 0xFFFF_FFFF)
    let reading = try Reading(file.bytes)
    #expect(
      reading.datagrams.map { $0.time } == [
        1_600_000_001_000_000_000, 1_600_000_001_021_000_000,
        1_600_000_001_000_000_000 + 4_294_967_295_000_000,
      ])
  }

  @Test(
    "what is not Opus is refused",
    arguments: [
      (MJRFile.Version.word, "video"), (.word, "data\u{0}"), (.word, ""),
      (.json2, #"{"t":"v","c":"vp8","s":1,"u":1}"#), (.json2, #"{"t":"a","c":"pcmu","s":1,"u":1}"#),
      (.json2, #"{"t":"a","c":"opus","e":true}"#), (.json2, #"{"t":"a"}"#), (.json2, "{"),
      (.json2, String(repeating: "[", count: 60_000)), (.json1, #"{"t":1,"c":2}"#),
    ])
  func refused(version: MJRFile.Version, header: String) {
    let file = MJRFile(version, header: header)
    #expect { try Reading(file.bytes) } throws: { ($0 as? CaptureError)?.code == .invalid }
  }

  @Test("words of a hostile header do not reach the terminal as they are")
  func hostileHeader() {
    let file = MJRFile(.json2, header: #"{"t":"v","c":"\u001b[31m\n\u202e"}"#)
    var version = MJRFile(.json2, header: "{}").bytes
    version[7] = 0x1B
    for bytes in [file.bytes, version] { expectHarmlessRefusal(of: bytes) }
  }

  private func expectHarmlessRefusal(of bytes: [UInt8]) {
    #expect {
      try Reading(bytes)
    } throws: { error in
      let message = (error as? CaptureError)?.message ?? ""
      return message.unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) }
    }
  }

  @Test("times that do not fit are left out")
  func hugeStart() throws {
    var packets = RTPPackets()
    var file = MJRFile(.json2, header: #"{"t":"a","c":"opus","u":9223372036854775807}"#)
    file.append(packets.next(), at: 5)
    #expect(try Reading(file.bytes).datagrams.map { $0.time } == [5_000_000])
  }

  @Test("reading goes on behind a flipped byte in a frame's header", arguments: 0..<10)
  func resynchronizes(flipped: Int) throws {
    var packets = RTPPackets()
    var file = MJRFile(.json2)
    var frame = 0
    let sent = packets.next(20)
    for (index, packet) in sent.enumerated() {
      if index == 7 { frame = file.bytes.count }
      file.append(packet, at: index * 20)
    }
    var bytes = file.bytes
    bytes[frame + flipped] ^= 0x40
    let reading = try Reading(bytes)
    switch flipped {
    case 4..<8:
      // Only the arrival is wrong, which nothing protects.
      #expect(reading.datagrams.map { $0.payload } == sent)
    default:
      let found = reading.datagrams.map { sent.firstIndex(of: $0.payload) }
      #expect(found == (0..<20).filter { $0 != 7 })
      #expect(reading.damages.count == 1)
    }
  }
}
