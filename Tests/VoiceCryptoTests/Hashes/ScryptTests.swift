import TestSupport
import Testing

@testable import VoiceCrypto

/// RFC 7914, section 12.
@Suite("scrypt")
struct ScryptTests {
  @Test("the vectors of RFC 7914")
  func vectors() throws {
    #expect(
      try Scrypt.derive([], salt: [], cost: 16, blockSize: 1, parallelism: 1, length: 64)
        == hex(
          """
          77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442
          fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906
          """))
    #expect(
      try Scrypt.derive(
        Array("password".utf8), salt: Array("NaCl".utf8), cost: 1024, blockSize: 8,
        parallelism: 16, length: 64)
        == hex(
          """
          fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162
          2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
          """))
  }

  @Test("costs out of range are refused", arguments: [0, 1, 3, 1 << 40, .max] as [UInt64])
  func costs(cost: UInt64) {
    #expect(throws: VoiceCryptoError.format) {
      try Scrypt.derive([], salt: [], cost: cost, blockSize: 8, parallelism: 1, length: 64)
    }
  }
}
