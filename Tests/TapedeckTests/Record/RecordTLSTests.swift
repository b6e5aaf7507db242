internal import DiscordSimulator
internal import Foundation
internal import Testing

/// `record` where REST, gateway and voice gateway speak TLS.
@Suite(.timeLimit(.minutes(2))) struct RecordTLSTests {
  @Test func recordsOverTLS() async throws {
    let local = try LocalCertificate()
    try await SimulatedDiscord.run(tls: local.identity) { discord in
      try discord.makeKey()
      try discord.talk([discord.ids.alice])
      let running = try discord.start([
        "record", "--guild", "Tape Club", "--channel", "Listening Room", "--status", "json",
        "--ca-file", local.certificate,
      ])
      try await discord.waitForSpeech(30, running)
      running.process.interrupt()
      let result = await running.finished()
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.events.last?["packets"] as? Int ?? 0 >= 30, "\(result.errors)")
    }
  }
}
