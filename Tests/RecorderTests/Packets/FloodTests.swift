import DiscordVoice
import Recorder
import Testing

@testable import RecordLoad

@Suite struct FloodTests {
  /// Over the loopback address, as an attacker that spoofs the server's would send. A million of
  /// them, and that memory stays flat in a process of its own: `Tests/Benchmarks/run flood`.
  @Test func speechIsUnharmedByAFlood() throws {
    let result = try Flood(count: 30_000).run()

    let sent = UInt64(result.speech + result.flood)
    let statistics = result.statistics
    #expect(result.flood == 30_000 && result.speech >= 200)
    #expect(statistics.kernelDrops == 0 && statistics.oversized > 0)
    #expect(statistics.received + statistics.oversized == sent)

    let counts = result.counts
    let counted = counts.counted.values.reduce(0, +)
    #expect(counts.received == statistics.received)
    #expect(counts.kinds.values.reduce(0, +) == counts.received)
    for kind in PacketKind.allCases { #expect((counts.kinds[kind.word] ?? 0) > 0) }
    // What we sent is stored too.
    #expect(result.stored - statistics.sent + counted == counts.received)
    #expect(result.dropped == 0)
    #expect((counts.counted["video"] ?? 0) > 0 && (counts.counted["unknown_ssrc"] ?? 0) > 0)

    #expect(result.placed == result.speech, "all that was said is in the tracks")
    #expect(result.placedForeign == 0 && result.placedTwice == 0)
    #expect(result.bend < 5)
    #expect(counts.opened > 0 && counts.opened <= UInt64(result.speech))
    #expect((counts.undecryptable["transport"] ?? 0) > 0)
  }
}
