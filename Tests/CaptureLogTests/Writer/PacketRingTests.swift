internal import TestSupport
internal import Testing

@testable import CaptureLog

@Suite struct PacketRingTests {
  private func packet(_ time: Int) -> RingPacket {
    RingPacket(time: Int64(time), connection: 3, isOutbound: time % 2 == 1)
  }

  @Test("what goes in comes out, over many turns and skip marks")
  func turns() {
    let ring = PacketRing(capacity: 4096)
    var random = SplitMix64(seed: 1)
    var expected: [(Int, [UInt8])] = []
    var (offered, refused) = (0, 0)
    for round in 0..<4000 {
      if Bool.random(using: &random) {
        let bytes = (0..<Int.random(in: 0...900, using: &random)).map {
          UInt8(truncatingIfNeeded: $0 &+ round)
        }
        offered += 1
        if ring.append(packet(round), bytes.span) {
          expected.append((round, bytes))
        } else {
          refused += 1
        }
      } else if !expected.isEmpty {
        let (time, bytes) = expected.removeFirst()
        let next = ring.next(from: ring.tail, end: ring.head) { entry, payload, _ in
          #expect(entry == packet(time))
          #expect(payload.count == bytes.count)
          for index in bytes.indices where payload[index] != bytes[index] {
            Issue.record("byte \(index) of packet \(time)")
          }
          return true
        }
        if let next { ring.release(to: next) } else { Issue.record("packet \(time) is gone") }
      }
    }
    #expect(refused > 20 && refused < offered)
  }

  @Test func aFullRingRefusesAndTakesAgainAfterRelease() {
    let ring = PacketRing(capacity: 4096)
    let bytes = [UInt8](repeating: 7, count: 1000)
    var count = 0
    while ring.append(packet(count), bytes.span) { count += 1 }
    #expect(count == 4)
    #expect(ring.used == 4 * PacketRing.entrySize(1000))
    let next = ring.next(from: ring.tail, end: ring.head) { _, _, _ in true }
    if let next { ring.release(to: next) }
    let takesAgain = ring.append(packet(9), bytes.span)
    #expect(takesAgain)
  }

  @Test func anEntryThatIsNotTakenStays() {
    let ring = PacketRing(capacity: 4096)
    let bytes: [UInt8] = [1, 2, 3]
    let isTaken = ring.append(packet(1), bytes.span)
    #expect(isTaken)
    #expect(ring.next(from: ring.tail, end: ring.head) { _, _, _ in false } == nil)
    #expect(ring.next(from: ring.tail, end: ring.head) { _, _, _ in true } == ring.head)
  }

  @Test func neverTakesWhatDoesNotFitAtAll() {
    let ring = PacketRing(capacity: 4096)
    let bytes = [UInt8](repeating: 0, count: 5000)
    let isTaken = ring.append(packet(1), bytes.span)
    #expect(!isTaken)
    #expect(ring.used == 0)
  }
}
