internal import Testing

@testable internal import CaptureLog

@Suite struct TornSegmentTests {
  /// Cut at every byte of the last 4 KiB: what is whole is read, the rest is one torn range.
  @Test func cutAtEveryByte() throws {
    let segment = try MemorySegment(packets: 50)
    let count = segment.bytes.count
    for cut in (count - 4096)...count {
      let whole = segment.pieces.filter { $0.range.upperBound <= cut }
      let end = whole.last?.range.upperBound ?? 0
      let reading = MemoryReading([Array(segment.bytes[..<cut])])
      #expect(reading.numbers == whole.filter(\.isRecord).map(\.number))
      let torn = CaptureDamage(
        cause: .torn, segment: "segment-000000.pcapng", offset: Int64(end),
        length: Int64(cut - end))
      #expect(reading.damages == (cut == end ? [] : [torn]), "cut at \(cut)")
    }
  }

  /// The same while the segment is being written: its end is not damage.
  @Test func cutWhileWritten() throws {
    let segment = try MemorySegment(packets: 10)
    for cut in 0...segment.bytes.count {
      let whole = segment.pieces.filter { $0.range.upperBound <= cut }
      let reading = MemoryReading([Array(segment.bytes[..<cut])], isGrowing: true)
      #expect(reading.numbers == whole.filter(\.isRecord).map(\.number))
      #expect(reading.damages == [], "cut at \(cut)")
    }
  }

  /// The whole file cut at every byte, headers included.
  @Test func smallFileCutAtEveryByte() throws {
    let segment = try MemorySegment(packets: 4)
    for cut in 0...segment.bytes.count {
      let whole = segment.pieces.filter { $0.range.upperBound <= cut }
      let reading = MemoryReading([Array(segment.bytes[..<cut])])
      #expect(reading.numbers == whole.filter(\.isRecord).map(\.number))
      let end = whole.last?.range.upperBound ?? 0
      #expect(reading.damages.count == (cut == end ? 0 : 1))
    }
  }

  @Test(arguments: [1, 3, 4, 12, 4096, 100_000])
  func zerosAtTheEnd(count: Int) throws {
    let segment = try MemorySegment(packets: 20)
    let zeros = [UInt8](repeating: 0, count: count)
    let reading = MemoryReading([segment.bytes + zeros])
    #expect(reading.numbers == segment.pieces.filter(\.isRecord).map(\.number))
    #expect(
      reading.damages == [
        CaptureDamage(
          cause: .torn, segment: "segment-000000.pcapng", offset: Int64(segment.bytes.count),
          length: Int64(count))
      ])
  }

  /// A power cut leaves the size and loses the data: zeros from somewhere in a block on.
  @Test func zerosFromTheMiddleOfABlock() throws {
    let segment = try MemorySegment(packets: 20)
    for cut in (segment.bytes.count - 600)..<(segment.bytes.count - 8) {
      var bytes = Array(segment.bytes[..<cut])
      bytes += [UInt8](repeating: 0, count: segment.bytes.count - cut)
      // The last bytes of a length are zero anyway.
      let whole = segment.pieces.filter { bytes[$0.range] == segment.bytes[$0.range] }
      let reading = MemoryReading([bytes])
      #expect(reading.numbers == whole.filter(\.isRecord).map(\.number))
      #expect(reading.damages.map(\.cause) == [.torn], "zeros from \(cut)")
      #expect(reading.damages.first?.offset == Int64(whole.last?.range.upperBound ?? 0))
    }
  }
}
