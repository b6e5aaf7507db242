import Audio
import Bot
import CaptureSynthesis
import DiscordGateway
import DiscordREST
import DiscordSimulator
import DiscordVoice
import SimulatorTestSupport
import Testing

@testable import VoiceAudio

/// A voice's first seconds, 48 kHz mono.
private func speech(seconds: Double, seed: UInt64) -> [Float] {
  var samples = [Float](repeating: 0, count: Int(seconds * 48_000))
  Voice.synthetic(seconds: seconds, seed: seed).copy(from: 0, into: &samples)
  return samples
}

private func energy(_ samples: some Sequence<Float>) -> Double {
  samples.reduce(0) { $0 + Double($1) * Double($1) }
}

@Suite(.timeLimit(.minutes(2)), .serialized) struct CallTests {
  @Test func twoOfOursTalkEndToEndEncrypted() async throws {
    try await CallScene.run { scene in
      try await scene.withVoice(0, in: scene.voice) { first in
        try await scene.withVoice(1, in: scene.voice) { second in
          try await until("both are members") {
            first.encryption.isMember && first.encryption == second.encryption
              && first.privacyCode == second.privacyCode
          }
          #expect(first.privacyCode?.filter(\.isNumber).count == 30)
          let frames = second.frames
          let sound = second.pcm(of: scene.user(scene.bots[0]))
          let spoken = speech(seconds: 2, seed: 1)
          async let answer: Void = second.speak(samples: spoken)
          try await first.speak(samples: spoken)
          try await answer
          try await until("all arrived") { second.listeningCounts.frames >= 100 }
          let counts = (first.listeningCounts, second.listeningCounts)
          try await second.leave()

          var heard: [VoiceFrame] = []
          for await frame in frames { heard.append(frame) }
          #expect(heard.allSatisfy { $0.user == scene.user(scene.bots[0]) && $0.lost == 0 })
          #expect(heard.count >= 100 && heard.count <= 105)
          for (one, two) in zip(heard, heard.dropFirst()) {
            #expect(two.sequence == one.sequence + 1)
          }
          #expect(frames.dropped == 0)
          var blocks: [VoicePCMBlock] = []
          for await block in sound { blocks.append(block) }
          let ratio = energy(blocks.flatMap(\.samples)) / energy(spoken)
          #expect(abs(ratio - 1) < 0.2, "energy \(ratio)")
          #expect(counts.1.undecryptable == 0 && counts.1.notEncrypted == 0)
          #expect(counts.0.undecryptable == 0 && counts.0.lost == 0)
        }
      }
      // Sealed by us, opened by none but members: the server saw no plain frame of ours.
      #expect(scene.simulator.truth.count >= 200)
      #expect(scene.simulator.truth.allSatisfy { $0.opus == nil || $0.opus == $0.payload })
    }
  }

  @Test func whatTheServerSentIsWhatIsHeard() async throws {
    try await CallScene.run { scene in
      try await scene.withVoice(0, in: scene.voice) { voice in
        let frames = voice.frames
        let clip = try VoiceClip(samples: speech(seconds: 2, seed: 3))
        let speaker = scene.simulator.speak(
          scene.people[1], in: scene.voice, VoiceScript([clip], pause: .milliseconds(200)))
        await speaker.finished()
        try await until("the last frame") { voice.listeningCounts.frames >= clip.packets.count }
        try await voice.leave()
        var heard: [[UInt8]] = []
        for await frame in frames { heard.append(frame.opus) }
        let sent = scene.simulator.truth.filter { $0.receiver == scene.bots[0] }.compactMap(\.opus)
        // Padding, extension and sender reports are on the way too.
        #expect(heard == sent)
        #expect(sent.count >= 100)
        let counts = voice.listeningCounts
        #expect(counts.notAuthentic == 0 && counts.late == 0 && counts.duplicates == 0)
      }
    }
  }

  @Test func lossIsConcealedAndTheOrderKept() async throws {
    try await CallScene.run { scene in
      try await scene.withVoice(0, in: scene.voice) { voice in
        let sound = voice.pcm(.speech)
        let (us, time) = (scene.bots[0], Duration.seconds(20))
        scene.simulator.inject([
          .init(.loss(0.05, for: time), user: us), .init(.reorder(0.1, for: time), user: us),
          .init(.duplicate(0.1, for: time), user: us), .init(.corrupt(0.02, for: time), user: us),
          .init(.forge(0.5, for: time), user: us), .init(.replay(0.1, for: time), user: us),
        ])
        let clip = try VoiceClip(samples: speech(seconds: 4, seed: 4))
        let speaker = scene.simulator.speak(
          scene.people[1], in: scene.voice, VoiceScript([clip], pause: .milliseconds(200)))
        await speaker.finished()
        try await Task.sleep(for: .milliseconds(200))
        try await voice.leave()
        var blocks: [VoicePCMBlock] = []
        for await block in sound { blocks.append(block) }
        for (one, two) in zip(blocks, blocks.dropFirst()) { #expect(one.rtpTime < two.rtpTime) }
        let concealed = blocks.filter(\.isConcealed).count
        #expect(concealed > 0)
        let length = blocks.reduce(Duration.zero) { $0 + $1.duration }
        #expect(length > .seconds(3.5) && length < .seconds(4.3))
        let counts = voice.listeningCounts
        #expect(counts.notAuthentic > 50 && counts.duplicates > 5 && counts.lost > 3)
      }
    }
  }

  @Test func aStageIsHeardWithoutEndToEndEncryption() async throws {
    try await CallScene.run { scene in
      try await scene.withVoice(0, in: scene.stage) { voice in
        #expect(voice.encryption == .stage)
        let frames = voice.frames
        let clip = try VoiceClip(samples: speech(seconds: 1, seed: 5))
        let speaker = scene.simulator.speak(
          scene.people[1], in: scene.stage, VoiceScript([clip], pause: .milliseconds(200)))
        await speaker.finished()
        try await until("all arrived") { voice.listeningCounts.frames >= clip.packets.count }
        try await voice.leave()
        var count = 0
        for await _ in frames { count += 1 }
        #expect(count >= clip.packets.count)
        #expect(voice.privacyCode == nil)
      }
    }
  }

  @Test func aBotJoinsMovesAndLeaves() async throws {
    try await CallScene.run { scene in
      let bot = Bot(client: try scene.place.client(), intents: .recording)
      try await bot.start()
      let voice = try await bot.joinVoice(ID<Channel>(Snowflake(scene.voice)))
      #expect(voice.channel.snowflake.rawValue == scene.voice)
      let moved = try await bot.joinVoice(ID<Channel>(Snowflake(scene.other)))
      #expect(moved.channel.snowflake.rawValue == scene.other)
      #expect(await voice.end.reason == .left)
      try await moved.speak(samples: speech(seconds: 0.2, seed: 6))
      try await bot.leaveVoice(moved.guild)
      #expect(await moved.end.reason == .left)
      await #expect(throws: VoiceClientError.self) {
        try await moved.speak(samples: speech(seconds: 0.1, seed: 6))
      }
      try await bot.stop()
    }
  }
}
