import TestSupport
import Testing

@testable import Render

/// Packets that come once more, long after their time, against senders that begin anew.
@Suite struct ReplayedNumbersTests {
  private struct Packet {
    var sequence: UInt16
    var timestamp: UInt32
    var arrival: Int64
  }

  /// Talk spurts of packets of 20 ms, some lost, from any numbers.
  ///
  /// - Parameter runsOn: Timestamps run on in pauses.
  private func speech(
    packets: Int, runsOn: Bool, using random: inout SplitMix64
  ) -> [Packet] {
    var packet = Packet(
      sequence: .random(in: 0 ... .max, using: &random),
      timestamp: .random(in: 0 ... .max, using: &random), arrival: 0)
    var result: [Packet] = []
    while result.count < packets {
      for _ in 0..<Int.random(in: 1...300, using: &random) {
        if Int.random(in: 0..<50, using: &random) > 0 { result.append(packet) }
        packet.sequence &+= 1
        packet.timestamp &+= 960
        packet.arrival += 20_000_000
      }
      let pause = Int64.random(in: 100...9_000, using: &random)
      packet.arrival += pause * 1_000_000
      if runsOn { packet.timestamp &+= UInt32(pause * 48) }
    }
    return result
  }

  @Test(arguments: [true, false], [UInt64(1), 2])
  func replaysMoveNothing(runsOn: Bool, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    // So many that the numbers wrap around.
    let packets = speech(packets: 80_000, runsOn: runsOn, using: &random)
    var alone = StreamTimeline()
    var disturbed = StreamTimeline()
    var numbers: [Int64] = []
    var wrong = 0
    for (index, packet) in packets.enumerated() {
      let expected = alone.position(
        sequence: packet.sequence, timestamp: packet.timestamp, arrival: packet.arrival)
      if index > 1_100, Int.random(in: 0..<20, using: &random) == 0 {
        let old = Int.random(in: 0..<index - 1_050, using: &random)
        let place = disturbed.position(
          sequence: packets[old].sequence, timestamp: packets[old].timestamp,
          arrival: packet.arrival - 1)
        if place.isRestart || place.sequence != numbers[old] { wrong += 1 }
      }
      let position = disturbed.position(
        sequence: packet.sequence, timestamp: packet.timestamp, arrival: packet.arrival)
      if position != expected || position.isRestart { wrong += 1 }
      numbers.append(position.sequence)
    }
    #expect(wrong == 0)
  }

  @Test func noiseForNumbersIsBounded() {
    var random = SplitMix64(seed: 5)
    var runs = NumberRuns()
    for number in 0..<200_000 as Range<Int64> {
      let sequence = UInt16.random(in: 0 ... .max, using: &random)
      // Half of them on one line.
      let timestamp =
        number % 2 == 0 ? UInt32(sequence) * 960 : UInt32.random(in: 0 ... .max, using: &random)
      _ = runs.number(sequence: sequence, timestamp: timestamp)
      runs.append(sequence: sequence, timestamp: timestamp, number: number * 2)
    }
    #expect(runs.kept <= 1 << 15)
  }

  @Test func whoBeginsAnewIsBelieved() {
    var random = SplitMix64(seed: 4)
    var timeline = StreamTimeline()
    var arrival: Int64 = 0
    var last: Int64 = -1
    for _ in 0..<100 {
      let packets = speech(packets: 60, runsOn: false, using: &random)
      for (index, packet) in packets.enumerated() {
        let position = timeline.position(
          sequence: packet.sequence, timestamp: packet.timestamp, arrival: arrival + packet.arrival)
        #expect(position.sequence > last)
        if index > 0 { #expect(!position.isRestart) }
        last = position.sequence
      }
      arrival += packets[packets.count - 1].arrival + 20_000_000
    }
  }
}
