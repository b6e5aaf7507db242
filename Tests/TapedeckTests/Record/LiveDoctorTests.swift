internal import CaptureLog
internal import DiscordSimulator
internal import Foundation
internal import JSONValues
internal import SystemPackage
internal import Testing

@testable import tapedeck

/// `doctor --live`: the steps, the report, and a walk through them in the simulator.
@Suite(.timeLimit(.minutes(5))) struct LiveDoctorTests {
  private func facts(_ change: (inout LiveStep.Facts) -> Void) -> LiveStep.Facts {
    var facts = LiveStep.Facts()
    facts.isConnected = true
    change(&facts)
    return facts
  }

  @Test func stepsAreJudgedByWhatChanged() {
    let nothing = LiveStep.Facts()
    let calm = facts { _ in }
    for step in LiveStep.allCases where step != .leave {
      #expect(!step.isDone(nothing, before: nothing, stay: 10), "\(step)")
    }
    #expect(LiveStep.join.isDone(calm, before: nothing, stay: 10))
    #expect(LiveStep.firstSpeaker.isDone(facts { $0.heard = [100] }, before: calm, stay: 10))
    #expect(!LiveStep.secondSpeaker.isDone(facts { $0.heard = [900, 99] }, before: calm, stay: 10))
    #expect(LiveStep.secondSpeaker.isDone(facts { $0.heard = [900, 100] }, before: calm, stay: 10))
    let first = facts { $0.epoch = 3 }
    #expect(LiveStep.endToEnd.isDone(first, before: calm, stay: 10))
    #expect(!LiveStep.epochChange.isDone(first, before: first, stay: 10))
    #expect(LiveStep.epochChange.isDone(facts { $0.epoch = 4 }, before: first, stay: 10))
    #expect(LiveStep.epochChange.isDone(facts { $0.isStage = true }, before: calm, stay: 10))
    #expect(LiveStep.move.isDone(facts { $0.moves = 1 }, before: calm, stay: 10))
    #expect(!LiveStep.stay.isDone(facts { $0.elapsed = 9 }, before: calm, stay: 10))
    #expect(LiveStep.stay.isDone(facts { $0.elapsed = 10 }, before: calm, stay: 10))
  }

  @Test func reportHasNothingOfAnybody() throws {
    var report = LiveReport()
    report.steps = LiveStep.allCases.map { ($0, .ok, 1.25) }
    report.facts.add(
      CaptureEvent(
        ConnectionEvent(
          connection: 0, local: "192.0.2.7:5000", remote: "198.51.100.9:50001",
          mode: "aead_aes256_gcm_rtpsize", ssrc: 777_888, dave: 1), time: 0))
    report.facts.add(
      CaptureEvent(
        ConnectionEvent(
          connection: 1, local: "", remote: "", mode: "to alice@example.org", ssrc: 1, dave: 1),
        time: 0))
    report.facts.add(CaptureEvent(VoiceServerEvent(endpoint: "c-fra.example"), time: 0))
    let text = report.json.text()
    for secret in ["192.0.2", "198.51", "777888", "alice", "c-fra"] {
      #expect(!text.contains(secret), "\(text)")
    }
    #expect(text.contains("aead_aes256_gcm_rtpsize"))
    #expect(report.json["wire"]?["connections"]?.integer == 2)
    #expect(report.json["steps"]?.array?.count == LiveStep.allCases.count)
  }

  @Test func walksThroughACall() async throws {
    try await SimulatedDiscord.run { discord in
      try discord.talk([discord.ids.alice, discord.ids.bob])
      let file = discord.sandbox("report.json")
      let errors = discord.sandbox("errors")
      let running = try Tool.Running(
        [
          "doctor", "--live", "--channel", "Listening Room", "--stay", "1s", "--report",
          file.string, "--api-base", discord.apiBase,
        ], keys: nil, shell: "exec \"$@\" 2>\(errors)", environment: discord.environment())
      try running.input.fileHandleForWriting.close()
      func wait(for text: String) async throws {
        while running.process.isRunning,
          (try? discord.sandbox.read("errors"))?.contains(text) != true
        {
          try await Task.sleep(for: .milliseconds(50))
        }
      }
      // A third one joins, which changes the keys; then somebody moves the bot.
      try await wait(for: "leave and join again")
      discord.simulator.speak(
        discord.ids.carol, in: discord.ids.voice,
        VoiceScript([try Speech.clip()], repetitions: nil))
      try await wait(for: "Move the bot")
      discord.simulator.inject(VoiceFault(.move(to: discord.ids.stage), user: discord.ids.bot))
      let result = await running.finished()
      let shown = try discord.sandbox.read("errors")
      #expect(result.status == 0, "\(shown)")
      for step in LiveStep.allCases where step != .leave {
        #expect(shown.contains("ok: \(step.rawValue)"), "\(shown)")
      }
      let report = try JSONValue(parsing: [UInt8](try discord.sandbox.read("report.json").utf8))
      let results = report["steps"]?.array?.compactMap { $0["result"]?.string } ?? []
      #expect(results.count == LiveStep.allCases.count)
      #expect(report["render"]?["decoded"]?.integer ?? 0 > 100)
      #expect(report["wire"]?["rtp"]?.integer ?? 0 > 100)
      let text = report.text()
      for id in [discord.ids.alice, discord.ids.guild, discord.ids.voice, discord.ids.bot] {
        #expect(!text.contains("\(id)"))
      }
      #expect(discord.captures.isEmpty)
    }
  }
}
