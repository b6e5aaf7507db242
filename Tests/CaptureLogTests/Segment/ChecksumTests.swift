internal import Testing

@testable internal import CaptureLog

@Suite struct ChecksumTests {
  @Test func checkValueOfTheCatalogue() {
    #expect(CRC32C.checksum(of: [UInt8]("123456789".utf8).span) == 0xE306_9283)
    #expect(CRC32C.checksum(of: [UInt8]().span) == 0)
  }
}
