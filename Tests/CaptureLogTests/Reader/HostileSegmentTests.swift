internal import TestSupport
internal import Testing

@testable internal import CaptureLog

/// Segments made to cost time, memory or a trap.
@Suite(.timeLimit(.minutes(2))) struct HostileSegmentTests {
  /// Every 24 bytes begin a block of nearly 1 MiB that has both lengths and a checksum field in
  /// place: checking each would read the file 40,000 times. With 4 MiB that is 150 GB.
  @Test func fakeBlocksEverywhere() throws {
    let length: UInt32 = (1 << 20) / 24 * 24
    let words: [UInt32] = [6, length, 0x0004_8001, 0xDEAD_BEEF, 0, length]
    let pattern = words.flatMap { word in (0..<4).map { UInt8(word >> UInt32(8 * $0) & 0xFF) } }
    var bytes: [UInt8] = []
    while bytes.count < 4 << 20 { bytes += pattern }
    let counter = ReadCounter()
    let reading = MemoryReading([bytes], counter: counter)
    #expect(reading.numbers == [])
    #expect(reading.damages.reduce(0) { $0 + $1.length } == Int64(bytes.count))
    #expect(counter.bytes < 8 * bytes.count)

    var scanner = SegmentScanner(
      MemorySource(bytes: bytes), size: Int64(bytes.count), isGrowing: false, window: 65_536)
    while scanner.next() != nil {}
    let (wasted, limit) = (scanner.wasted, scanner.limit)
    #expect(wasted > Int64(bytes.count))
    #expect(wasted <= limit + 2 << 20)
  }

  /// Headers only, whose lengths all lead to a matching one.
  @Test(arguments: [28, 1 << 10, 1 << 20] as [UInt32])
  func fakeHeadersEverywhere(length: UInt32) throws {
    let words: [UInt32] = [6, length]
    let pattern = words.flatMap { word in (0..<4).map { UInt8(word >> UInt32(8 * $0) & 0xFF) } }
    var bytes: [UInt8] = []
    while bytes.count < 1 << 20 { bytes += pattern }
    let segment = try MemorySegment(packets: 10)
    let counter = ReadCounter()
    let reading = MemoryReading([segment.bytes + bytes], counter: counter)
    #expect(reading.numbers == segment.pieces.filter(\.isRecord).map(\.number))
    #expect(reading.damages.reduce(0) { $0 + $1.length } == Int64(bytes.count))
    #expect(counter.bytes < 8 * bytes.count)
  }

  @Test func randomBytes() throws {
    var random = SplitMix64(seed: 99)
    for _ in 0..<200 {
      let bytes = random.bytes(Int(random.next() % 3000))
      let reading = MemoryReading([bytes])
      #expect(reading.numbers == [])
      #expect(reading.damages.reduce(0) { $0 + $1.length } == Int64(bytes.count))
    }
  }

  /// Blocks whose checksum is right and whose contents are impossible.
  @Test func soundChecksumsOverNonsense() throws {
    var random = SplitMix64(seed: 5)
    let clean = try MemorySegment(packets: 12)
    for _ in 0..<3000 {
      var bytes = clean.bytes
      var broken: Set<UInt64> = []
      for piece in clean.pieces.shuffled(using: &random).prefix(3) {
        let position = Int.random(
          in: (piece.range.lowerBound + 8)..<(piece.range.upperBound - 4), using: &random)
        bytes[position] = [0, 0xFF, 0x7F, bytes[position] &+ 1].randomElement(using: &random) ?? 0
        Self.reseal(&bytes, piece.range)
        broken.insert(piece.number)
      }
      let reading = MemoryReading([bytes])
      // Untouched records are all there; of the others none may be made up twice.
      let untouched = clean.pieces.filter { $0.isRecord && !broken.contains($0.number) }
      #expect(Set(reading.numbers).isSuperset(of: untouched.map(\.number)))
      #expect(reading.numbers.count <= clean.pieces.count)
    }
  }

  @Test func numbersAtTheirLimit() throws {
    let last = MemorySegment(first: .max - 1)
    let again = MemorySegment(first: 0)
    let reading = MemoryReading([last.bytes, again.bytes, last.bytes])
    #expect(reading.damages.contains { $0.missing == .max - 1 })
    #expect(reading.damages.allSatisfy { $0.length == 0 })
  }

  @Test func foreignBlocksAreSkipped() throws {
    let segment = try MemorySegment(packets: 10)
    // Name resolution, statistics, a custom block and one of local use.
    let foreign = [4, 5, 0xBAD, 0x8000_0001].flatMap { Self.block(type: $0, body: 40) }
    let middle = segment.pieces[6].range.lowerBound
    var bytes = segment.bytes
    bytes.insert(contentsOf: foreign, at: middle)
    bytes += foreign
    let reading = MemoryReading([bytes])
    #expect(reading.numbers == segment.pieces.filter(\.isRecord).map(\.number))
    #expect(reading.damages == [])

    // One that fails the structure is damage, the others still none.
    bytes[middle + 4] ^= 0x40
    let damaged = MemoryReading([bytes])
    #expect(damaged.numbers == reading.numbers)
    #expect(damaged.damages.map(\.cause) == [.garbage])
    #expect(damaged.damages.map(\.offset) == [Int64(middle)])
  }

  /// A block of ours that was overwritten so that it looks foreign.
  @Test func foreignInPlaceOfOurs() throws {
    let segment = try MemorySegment(packets: 10)
    let victim = segment.pieces[6]
    var bytes = segment.bytes
    bytes.replaceSubrange(
      victim.range, with: Self.block(type: 77, body: victim.range.count - 12))
    let reading = MemoryReading([bytes])
    #expect(
      reading.damages == [
        CaptureDamage(
          cause: .garbage, segment: "segment-000000.pcapng",
          offset: Int64(victim.range.lowerBound), length: Int64(victim.range.count), missing: 1)
      ])
  }

  private static func block(type: UInt32, body: Int) -> [UInt8] {
    func bytes(_ word: UInt32) -> [UInt8] { (0..<4).map { UInt8(word >> UInt32(8 * $0) & 0xFF) } }
    let length = bytes(UInt32(body + 12))
    return bytes(type) + length + [UInt8](repeating: 0x55, count: body) + length
  }

  /// Makes the checksum of a block right again.
  private static func reseal(_ bytes: inout [UInt8], _ range: Range<Int>) {
    let type: BlockType = bytes[range.lowerBound] == 9 ? .journal : .packet
    let block = Array(bytes[range])
    guard let (offset, isText) = BlockParser.checksumField(block.span, type: type) else { return }
    let crc = block.withUnsafeBytes {
      CRC32C.checksum(of: $0, fieldAt: offset, isText: isText)
    }
    let start = range.lowerBound + offset
    if isText {
      let hex = String(crc, radix: 16)
      let digits = String(repeating: "0", count: 8 - hex.count) + hex
      bytes.replaceSubrange(start..<(start + 8), with: digits.utf8)
    } else {
      for index in 0..<4 { bytes[start + index] = UInt8(crc >> UInt32(8 * index) & 0xFF) }
    }
  }
}
