import CaptureSynthesis
import DAVE
import DiscordSimulator
import JSONValues
import Synchronization
import SimulatorTestSupport
import Testing

@Suite("Voice over sockets")
struct VoiceSocketTests {
  @Test(
    "A client joins, is in the group, and hears what the speaker says",
    arguments: ["aead_aes256_gcm_rtpsize", "aead_xchacha20_poly1305_rtpsize"])
  func hears(mode: String) async throws {
    var rules = VoiceRules()
    rules.paddingShare = 0.3
    try await VoiceScene.run(rules: rules) { scene in
      let (peer, _) = try await scene.join(mode: mode)
      let clip = try VoiceClip(.synthetic(seconds: 2, seed: 3), for: .milliseconds(600))
      var script = VoiceScript([clip, clip], pause: .milliseconds(200))
      script.joinsAfter = .milliseconds(50)
      let speaker = scene.simulator.speak(scene.people[1], in: scene.voice, script)
      await speaker.finished()
      let truth = scene.simulator.truth.filter { $0.receiver == scene.bot }
      #expect(truth.count == 2 * (30 + 5))
      try await until("all of it comes") {
        peer.state.withLock { $0.datagrams.count } >= truth.count
      }
      let heard = try peer.heard()
      #expect(heard.map(\.sequence) == truth.map(\.sequence))
      #expect(heard.map(\.opus) == truth.map(\.opus))
      #expect(heard.allSatisfy { $0.hasExtension && $0.ssrc == truth[0].ssrc })
      #expect(heard.contains { $0.hasPadding } && heard.contains { !$0.hasPadding })
      #expect(peer.ssrc(of: scene.people[1]) == truth[0].ssrc)
      // By another way than the packets: it may come behind them.
      try await until("op 13 comes") { !peer.messages(13).isEmpty }
      #expect(peer.messages(13).last?["user_id"] == .string(String(scene.people[1])))
      #expect(peer.epochs.count == 1 && peer.messages(4)[0]["dave_protocol_version"] == 1)
      await peer.leave()
    }
  }

  @Test("A client that talks is forwarded to another, and only with op 5 before")
  func talks() async throws {
    try await VoiceScene.run { scene in
      // In a stage there is no end-to-end encryption, and whoever joins is in the audience.
      let (peer, _) = try await scene.join(scene.stage)
      #expect(peer.messages(4)[0]["dave_protocol_version"] == 0)
      let clip = VoiceClip(packets: Array(repeating: [0xF8, 1, 2], count: 10))
      await scene.simulator.speak(scene.people[1], in: scene.stage, VoiceScript([clip])).finished()
      try await until("it comes in the clear") {
        try peer.heard().contains { $0.opus == [0xF8, 1, 2] }
      }
      try await peer.speak([0xF8, 9, 9], sequence: 1)
      try await until("it is silenced: the audience does not talk") {
        scene.simulator.voiceStatistics.silenced == 1
      }
      scene.simulator.mutate { world, _ in
        world.suppress(scene.bot, false, guild: scene.guild)
      }
      try await peer.speak([0xF8, 9, 9], sequence: 2)
      try await until("it is taken") { scene.simulator.voiceStatistics.received == 2 }
      #expect(scene.simulator.voiceStatistics.silenced == 1)
      try await peer.datagram([0, 0, 0, 0, 0, 0, 0, 9])
      try await until("the keepalive comes back") {
        peer.state.withLock { $0.datagrams.contains([0, 0, 0, 0, 0, 0, 0, 9]) }
      }
      await peer.leave()
    }
  }
}
