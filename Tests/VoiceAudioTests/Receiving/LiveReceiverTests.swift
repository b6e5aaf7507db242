import DAVEFrames
import DiscordREST
import TestSupport
import Testing

@testable import VoiceAudio

private let secret = [UInt8](repeating: 1, count: 16)

private func opus(_ number: Int) -> [UInt8] { [0x78, UInt8(truncatingIfNeeded: number), 1, 2] }

@Suite struct LiveReceiverTests {
  @Test func framesAreOpenedThroughAllLayers() throws {
    var bench = ReceiverBench()
    var maker = try PacketMaker(ssrc: 9, secret: secret)
    bench.map(9, to: 42)
    bench.install(1, [42: secret])
    for number in 0..<20 {
      bench.receive(try maker.next(opus(number), padding: number % 3 == 0 ? 7 : 0))
    }
    #expect(bench.frames.map(\.opus) == (0..<20).map(opus))
    #expect(Set(bench.frames.map(\.user)) == [42])
    #expect(bench.frames.allSatisfy { $0.ssrc == 9 && $0.lost == 0 })
    // Both counters wrap within these packets and count on.
    for (first, second) in zip(bench.frames, bench.frames.dropFirst()) {
      #expect(second.sequence - first.sequence == 1)
      #expect(second.rtpTime - first.rtpTime == 960)
      #expect(second.arrival - first.arrival == 20_000_000)
    }
    #expect(bench.receiver.counts.frames == 20)
  }

  @Test func framesWaitForTheirSpeaker() throws {
    var bench = ReceiverBench()
    var maker = try PacketMaker(ssrc: 9, secret: secret)
    bench.install(1, [42: secret])
    for number in 0..<10 { bench.receive(try maker.next(opus(number))) }
    #expect(bench.frames.isEmpty)
    bench.map(9, to: 42)
    #expect(bench.frames.map(\.opus) == (0..<10).map(opus))
  }

  @Test func framesWaitForTheirKeyAlsoWhenTheEpochChanges() throws {
    var bench = ReceiverBench()
    var maker = try PacketMaker(ssrc: 9, secret: secret)
    bench.map(9, to: 42)
    for number in 0..<5 { bench.receive(try maker.next(opus(number))) }
    #expect(bench.frames.isEmpty)
    bench.install(1, [42: secret])
    #expect(bench.frames.count == 5)
    // The sender is ahead of us.
    let later = [UInt8](repeating: 2, count: 16)
    try maker.change(secret: later)
    for number in 5..<10 { bench.receive(try maker.next(opus(number))) }
    #expect(bench.frames.count == 5)
    bench.install(2, [42: later])
    #expect(bench.frames.map(\.opus) == (0..<10).map(opus))
    #expect(bench.frames.allSatisfy { $0.lost == 0 })
  }

  @Test func whoNeverBecomesKnownIsCounted() throws {
    var bench = ReceiverBench()
    var maker = try PacketMaker(ssrc: 9, secret: secret)
    for number in 0..<3 { bench.receive(try maker.next(opus(number))) }
    bench.tick(after: 3_000_000_000)
    #expect(bench.receiver.counts.unmapped == 3)
    bench.map(9, to: 42)
    for number in 0..<3 { bench.receive(try maker.next(opus(number))) }
    bench.tick(after: 3_000_000_000)
    #expect(bench.receiver.counts.undecryptable == 3)
    #expect(bench.frames.isEmpty)
  }

  @Test func plaintextIsTakenOnlyWhereItIsRight() throws {
    var bench = ReceiverBench()
    var maker = try PacketMaker(ssrc: 9, secret: nil)
    bench.map(9, to: 42)
    bench.receive(try maker.next(opus(0)))
    #expect(bench.frames.isEmpty)
    #expect(bench.receiver.counts.notEncrypted == 1)
    // Silence is never encrypted by some.
    bench.receive(try maker.next([0xF8, 0xFF, 0xFE]))
    #expect(bench.frames.count == 1)
    bench.receiver.allowPlaintext(true, connection: 0, at: bench.now, into: &bench.frames)
    bench.receive(try maker.next(opus(1)))
    #expect(bench.frames.last?.opus == opus(1))
  }

  @Test func paddingAloneIsNoLoss() throws {
    var bench = ReceiverBench()
    var maker = try PacketMaker(ssrc: 9, secret: secret)
    bench.map(9, to: 42)
    bench.install(1, [42: secret])
    bench.receive(try maker.next(opus(0)))
    bench.receive(try maker.packet([], padding: 20))
    bench.receive(try maker.next(opus(1)))
    #expect(bench.frames.map(\.opus) == [opus(0), opus(1)])
    #expect(bench.frames.map(\.lost) == [0, 0])
  }

  @Test func aConnectionAfterAnotherHasItsOwnSpeakers() throws {
    var bench = ReceiverBench()
    bench.map(9, to: 42)
    bench.receiver.connect(1, mode: PacketMaker.mode, key: PacketMaker.key)
    bench.receiver.allowPlaintext(true, connection: 1, at: bench.now, into: &bench.frames)
    var maker = try PacketMaker(ssrc: 9, secret: nil)
    bench.receive(try maker.next(opus(0)), connection: 1)
    #expect(bench.frames.isEmpty)
    bench.receiver.map(9, to: 43, connection: 1, at: bench.now, into: &bench.frames)
    #expect(bench.frames.map(\.user) == [43])
    #expect(bench.frames.map(\.connection) == [1])
  }

  @Test func keysThatFailLongAreToldOnce() throws {
    var bench = ReceiverBench()
    var maker = try PacketMaker(ssrc: 9, secret: secret)
    bench.map(9, to: 42)
    bench.install(1, [42: [UInt8](repeating: 3, count: 16)])
    bench.receiver.execute(FrameEpoch(connection: 0, incarnation: 0, epoch: 1), at: bench.now)
    for number in 0..<160 { bench.receive(try maker.next(opus(number))) }
    let told = [bench.receiver.takeUnreadable(), bench.receiver.takeUnreadable()]
    #expect(told == [true, false])
    #expect(bench.frames.isEmpty)
  }

  @Test func rubbishAndForgeriesChangeNothing() throws {
    var bench = ReceiverBench()
    var maker = try PacketMaker(ssrc: 9, secret: secret)
    bench.map(9, to: 42)
    bench.install(1, [42: secret])
    var random = SplitMix64(seed: 11)
    var sent: [[UInt8]] = []
    for number in 0..<200 {
      let packet = try maker.next(opus(number))
      bench.receive(packet)
      // Altered, replayed, and nothing at all like a packet.
      var forged = packet
      let place = Int.random(in: 0..<forged.count, using: &random)
      forged[place] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
      bench.receiver.receive(
        forged.span, connection: 0, arrival: bench.now, at: bench.now, into: &bench.frames)
      if let old = sent.randomElement(using: &random) {
        bench.receiver.receive(
          old.span, connection: 0, arrival: bench.now, at: bench.now, into: &bench.frames)
      }
      var rubbish: [UInt8] = []
      for _ in 0..<Int.random(in: 0..<100, using: &random) {
        rubbish.append(UInt8.random(in: 0...255, using: &random))
      }
      bench.receiver.receive(
        rubbish.span, connection: UInt32.random(in: 0...3, using: &random), arrival: bench.now,
        at: bench.now, into: &bench.frames)
      sent.append(packet)
    }
    #expect(bench.frames.map(\.opus) == (0..<200).map(opus))
    #expect(bench.frames.allSatisfy { $0.lost == 0 })
    #expect(bench.receiver.counts.notAuthentic > 100)
    #expect(bench.receiver.counts.duplicates > 100)
  }
}
