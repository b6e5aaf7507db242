import Testing

@testable import VoiceAudio

@Suite struct DatagramQueueTests {
  @Test func datagramsComeInOrderAndOnce() {
    let queue = DatagramQueue()
    var batch = DatagramQueue.makeBatch()
    for round in 0..<3 {
      for number in 0..<10 {
        let bytes = [UInt8](repeating: UInt8(number), count: number)
        let isFirst = queue.append(
          bytes.span, arrival: Int64(round), time: Int64(number), connection: 1)
        #expect(isFirst == (number == 0))
      }
      queue.take(into: &batch)
      #expect(batch.entries.map(\.range.count) == Array(0..<10))
      #expect(batch.bytes.count == 45)
      #expect(batch.entries.allSatisfy { $0.arrival == Int64(round) })
    }
    queue.take(into: &batch)
    #expect(batch.entries.isEmpty)
  }

  @Test func whatHasNoPlaceIsCounted() {
    let queue = DatagramQueue()
    let bytes = [UInt8](repeating: 1, count: 10)
    for _ in 0..<(DatagramQueue.mostDatagrams + 7) {
      _ = queue.append(bytes.span, arrival: 0, time: 0, connection: 0)
    }
    #expect(queue.dropped == 7)
    var batch = DatagramQueue.makeBatch()
    queue.take(into: &batch)
    let large = [UInt8](repeating: 1, count: 60_000)
    for _ in 0..<20 { _ = queue.append(large.span, arrival: 0, time: 0, connection: 0) }
    queue.take(into: &batch)
    #expect(batch.entries.count == DatagramQueue.mostBytes / 60_000)
    #expect(queue.dropped == 7 + 20 - batch.entries.count)
  }
}
