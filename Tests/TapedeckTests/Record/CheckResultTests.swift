import Testing

@testable import tapedeck

@Suite struct CheckResultTests {
  private func speaker(
    packets: Int64, decoded: Int64, unopened: Int64 = 0, lost: Int64 = 0, level: Double? = -20
  ) -> CheckResult.Speaker {
    CheckResult.Speaker(
      name: "Alice", userID: "7", packets: packets, decoded: decoded, unopened: unopened,
      lost: lost, level: level)
  }

  private func result(_ speakers: [CheckResult.Speaker], silent: [String] = []) -> CheckResult {
    CheckResult(
      speakers: speakers, silent: silent, packets: speakers.reduce(0) { $0 + $1.packets },
      alerts: [])
  }

  @Test func whoIsHeardAndDecodedIsWell() {
    let all = result([speaker(packets: 750, decoded: 700, unopened: 50)])
    #expect(all.obstacles.isEmpty)
    #expect(all.status == .done)
    #expect(all.lines.last == "All who talked are heard and can be decoded.")
  }

  @Test func obstaclesAreNamed() {
    let closed = result([speaker(packets: 750, decoded: 0, unopened: 750)])
    #expect(closed.status == .tempFail)
    #expect(
      closed.obstacles == [
        "Alice is heard, but 750 of 750 packets do not open: the end-to-end keys are missing"
      ])
    #expect(result([]).obstacles.first?.hasPrefix("nobody else is in the channel") == true)
    #expect(result([], silent: ["Bob"]).obstacles.first?.contains("firewall") == true)
    let lossy = result([speaker(packets: 900, decoded: 900, lost: 100)])
    #expect(lossy.obstacles == ["Alice: 10.0 % of the packets are lost"])
    let quiet = result([speaker(packets: 900, decoded: 900, level: -70)])
    #expect(quiet.obstacles.first?.contains("microphone") == true)
  }

  @Test func allTheFirstSecondsAloneAreNoProof() {
    #expect(!speaker(packets: 100, decoded: 0, unopened: 100).isDecodable)
    #expect(!speaker(packets: 109, decoded: 9, unopened: 100).isDecodable)
    #expect(speaker(packets: 185, decoded: 165, unopened: 20).isDecodable)
    #expect(!speaker(packets: 750, decoded: 400, unopened: 350).isDecodable)
  }
}
