internal import TestSupport
internal import Testing

@testable internal import CaptureLog

@Suite struct DamagedSegmentTests {
  /// 10,000 seeded bit flips, each in a fresh copy: all other blocks are read, and the damage has
  /// exactly the range of the block that was hit.
  @Test func flippedBits() throws {
    let segment = try MemorySegment(packets: 55, sizes: 20...1400)
    #expect(segment.bytes.count > 36 << 10)
    var random = SplitMix64(seed: 11)
    for _ in 0..<10_000 {
      let bit = Int(random.next() % UInt64(segment.bytes.count * 8))
      var bytes = segment.bytes
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      let hit = try #require(segment.pieces.first { $0.range.contains(bit / 8) })
      let reading = MemoryReading([bytes])
      let isLast = hit == segment.pieces.last
      let expected = segment.pieces.filter { $0.isRecord && $0 != hit }.map(\.number)
      #expect(reading.numbers == expected, "bit \(bit)")
      #expect(reading.damages.count == 1, "bit \(bit)")
      let damage = try #require(reading.damages.first)
      #expect(damage.offset == Int64(hit.range.lowerBound), "bit \(bit)")
      #expect(damage.length == Int64(hit.range.count), "bit \(bit)")
      #expect(damage.missing == (isLast ? 0 : 1), "bit \(bit)")
    }
  }

  /// Random bytes over a random range: what is whole is read, what is not is reported.
  @Test func overwrittenRanges() throws {
    let segment = try MemorySegment(packets: 60)
    var random = SplitMix64(seed: 12)
    for _ in 0..<500 {
      let start = Int.random(in: 0..<segment.bytes.count, using: &random)
      let end = min(segment.bytes.count, start + Int.random(in: 1...2000, using: &random))
      var bytes = segment.bytes
      for index in start..<end { bytes[index] ^= UInt8.random(in: 1...255, using: &random) }
      let hit = segment.pieces.filter { $0.range.overlaps(start..<end) }
      let first = try #require(hit.first).range.lowerBound
      let last = try #require(hit.last).range.upperBound
      let reading = MemoryReading([bytes])
      let expected = segment.pieces.filter { $0.isRecord && !hit.contains($0) }.map(\.number)
      #expect(reading.numbers == expected)
      let length = reading.damages.reduce(0) { $0 + $1.length }
      #expect(reading.damages.first?.offset == Int64(first))
      #expect(length == Int64(last - first))
      let missing = reading.damages.reduce(0) { $0 + $1.missing }
      #expect(missing == (last == bytes.count ? 0 : UInt64(hit.count)))
    }
  }

  /// Bytes that were lost or slipped in, in numbers that are no multiple of four.
  @Test func removedAndInsertedBytes() throws {
    let segment = try MemorySegment(packets: 60)
    var random = SplitMix64(seed: 13)
    for _ in 0..<300 {
      let start = Int.random(in: 0..<(segment.bytes.count - 100), using: &random)
      let count = Int.random(in: 1...99, using: &random)
      var removed = segment.bytes
      removed.removeSubrange(start..<(start + count))
      let hit = segment.pieces.filter { $0.range.overlaps(start..<(start + count)) }
      let rest = segment.pieces.filter { $0.isRecord && !hit.contains($0) }.map(\.number)
      let reading = MemoryReading([removed])
      #expect(reading.numbers == rest)
      // A block that is gone as a whole leaves no bytes behind.
      #expect(!reading.damages.isEmpty)

      var inserted = segment.bytes
      inserted.insert(contentsOf: random.bytes(count), at: start)
      let split = segment.pieces.filter {
        $0.range.lowerBound < start && $0.range.upperBound > start
      }
      let whole = segment.pieces.filter { $0.isRecord && !split.contains($0) }.map(\.number)
      let other = MemoryReading([inserted])
      #expect(other.numbers == whole)
      #expect(other.damages.count == 1)
    }
  }

  @Test(arguments: [0, 3, 11, 13, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 20, (1 << 20) + 4] as [UInt32])
  func hostileLengths(length: UInt32) throws {
    let segment = try MemorySegment(packets: 30)
    let victim = segment.pieces[10]
    for atEnd in [false, true] {
      var bytes = segment.bytes
      let offset = atEnd ? victim.range.upperBound - 4 : victim.range.lowerBound + 4
      for index in 0..<4 {
        bytes[offset + index] = UInt8(truncatingIfNeeded: length >> UInt32(8 * index))
      }
      let reading = MemoryReading([bytes])
      #expect(
        reading.numbers
          == segment.pieces.filter { $0.isRecord && $0 != victim }.map(\.number))
      #expect(reading.damages.map(\.offset) == [Int64(victim.range.lowerBound)])
      #expect(reading.damages.map(\.length) == [Int64(victim.range.count)])
    }
  }

  /// Small windows must give what large ones give.
  @Test(arguments: [1, 64, 100, 333, 4096, 1 << 20])
  func windows(window: Int) throws {
    let segment = try MemorySegment(packets: 80)
    var bytes = segment.bytes
    bytes[5000] ^= 4
    bytes.removeSubrange(9001..<9100)
    #expect(MemoryReading([bytes], window: window) == MemoryReading([bytes]))
  }

  /// A segment that lies there twice under different numbers is told once, and what follows it is
  /// not taken for missing.
  @Test func repeatedBlocks() throws {
    var first = MemorySegment()
    first.addPacket([1])
    var second = MemorySegment(first: 3, segment: 1)
    second.addPacket([2])
    var third = MemorySegment(first: 6, segment: 2)
    third.addPacket([3])
    let reading = MemoryReading([first.bytes, second.bytes, first.bytes, third.bytes])
    #expect(reading.numbers == [2, 5, 2, 8])
    #expect(
      reading.damages == [
        CaptureDamage(
          cause: .outOfOrder, segment: "segment-000002.pcapng", offset: 0, length: 0)
      ])
  }

  @Test func unreadableBytes() throws {
    let segment = try MemorySegment(packets: 400, sizes: 60...180)
    #expect(segment.bytes.count > 64 << 10)
    let bad = 20_480..<24_576
    let reading = MemoryReading([segment.bytes], unreadable: bad)
    let hit = segment.pieces.filter { $0.range.overlaps(bad) }
    #expect(
      reading.numbers == segment.pieces.filter { $0.isRecord && !hit.contains($0) }.map(\.number))
    let start = Int64(try #require(hit.first).range.lowerBound)
    let end = Int64(try #require(hit.last).range.upperBound)
    #expect(reading.damages.map(\.cause) == [.unreadable, .garbage])
    #expect(reading.damages.map(\.offset) == [start, 24_576])
    #expect(reading.damages.map(\.length) == [24_576 - start, end - 24_576])
    #expect(reading.damages.map(\.missing) == [0, UInt64(hit.count)])
  }

  @Test func everythingUnreadable() throws {
    let segment = try MemorySegment(packets: 40)
    let reading = MemoryReading([segment.bytes], unreadable: 0..<segment.bytes.count)
    #expect(reading.numbers == [])
    #expect(reading.damages.map(\.cause) == [.unreadable])
  }
}
