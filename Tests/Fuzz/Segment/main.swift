internal import Fuzzing
internal import SystemPackage

@testable import CaptureLog

/// A segment in memory.
private struct Memory: ByteSource, ~Copyable {
  let bytes: [UInt8]

  func read(
    at offset: Int64, into buffer: inout [UInt8], range: Range<Int>
  ) throws(Errno) -> Int {
    guard offset >= 0, offset < Int64(bytes.count) else { return 0 }
    let count = min(range.count, bytes.count - Int(offset))
    for index in 0..<count { buffer[range.lowerBound + index] = bytes[Int(offset) + index] }
    return count
  }
}

private func read(_ bytes: [UInt8]) {
  var reader = RecordReader<Memory>(window: 4096)
  reader.begin(
    Memory(bytes: bytes), name: "segment", size: Int64(bytes.count), isGrowing: false)
  var sum = 0
  while let record = reader.next() {
    guard case .packet(let packet) = record else { continue }
    let (window, range) = reader.packet(withHeaders: false)
    for index in range { sum &+= Int(window[index]) }
    precondition(range.count == packet.payloadLength)
  }
  _ = reader.finish()
}

/// Gives every block whose lengths agree the right checksum: else hardly a mutation would get past it.
private func withRightChecksums(_ bytes: [UInt8]) -> [UInt8] {
  var bytes = bytes
  var offset = 0
  while bytes.count - offset >= 12 {
    let type = BlockType(rawValue: bytes.span.word(offset))
    let length = Int(bytes.span.word(offset + 4))
    guard length >= 12, length <= bytes.count - offset else { break }
    let block = [UInt8](bytes[offset..<(offset + length)])
    if let field = BlockParser.checksumField(block.span, type: type) {
      let value = block.withUnsafeBytes {
        CRC32C.checksum(of: $0, fieldAt: field.offset, isText: field.isText)
      }
      let digits = [UInt8]("0123456789abcdef".utf8)
      for index in 0..<(field.isText ? 8 : 4) {
        bytes[offset + field.offset + index] =
          field.isText
          ? digits[Int(value >> (28 - 4 * index)) & 0xF]
          : UInt8(truncatingIfNeeded: value >> (8 * index))
      }
    }
    offset += length
  }
  return bytes
}

fuzz { bytes, count in
  let bytes = input(bytes, count)
  read(bytes)
  read(withRightChecksums(bytes))
  return 0
}
