import CaptureLog
import CaptureSynthesis
import DiscordREST
import DiscordSimulator
import FoundationEssentials
import Render
import SystemPackage
import TestSupport
import Testing

@testable import Recorder

@Suite("Recording over sockets", .serialized, .timeLimit(.minutes(3)))
struct LiveRecordingTests {
  @Test("Two people talk, end to end encrypted: all of it is in the tracks, at its time")
  func twoSpeakers() async throws {
    var rules = VoiceRules()
    rules.reportInterval = .seconds(1)
    try await LiveStudio.run(rules: rules) { studio in
      let recording = try await studio.recorder.start(studio.options)
      let speakers = try [studio.ids.alice, studio.ids.bob].enumerated().map { index, user in
        studio.simulator.speak(
          user, in: studio.ids.voice,
          VoiceScript(
            [
              .say(try LiveStudio.clip(2, seed: UInt64(index) + 1)), .pause(.milliseconds(700)),
              .say(try LiveStudio.clip(2, seed: UInt64(index) + 11)), .pause(.milliseconds(500)),
            ]))
      }
      for speaker in speakers { await speaker.finished() }
      let status = recording.status
      let end = await recording.stop()
      #expect(end.exitCode == 0)
      #expect(status.speakers.map(\.name).sorted() == ["Alice", "Bobby"])
      #expect(status.alerts == [])
      #expect(status.undecryptable["bad_tag"] == nil)
      #expect(status.kinds["rtcp"] ?? 0 >= 4, "sender reports: \(status.kinds)")
      let manifest = try studio.render(end.capture)
      for user in [studio.ids.alice, studio.ids.bob] {
        let placement = try studio.placement(of: user, end.capture, manifest)
        #expect(placement.energy >= 0.99, "energy \(placement.energy)")
        #expect(placement.energy <= 1.01, "energy \(placement.energy)")
        #expect(placement.p99 <= 5, "lags \(placement.lags)")
        #expect(placement.lags.count >= 2)
      }
      let speaker = manifest.speakers.first { $0.userID == "\(studio.ids.bob)" }
      #expect(speaker?.names.nick == "Bobby")
      let kinds = Set(try Studio.events(end.capture).map(\.kind))
      #expect(kinds.isSuperset(of: ["dave_epoch", "dave_transition", "participant", "notice"]))
    }
  }

  @Test("What a crash leaves is rendered, and gone on with: connection numbers go on")
  func crash() async throws {
    try await LiveStudio.run { studio in
      let recording = try await studio.recorder.start(studio.options)
      let speaker = studio.simulator.speak(
        studio.ids.alice, in: studio.ids.voice,
        VoiceScript([try LiveStudio.clip(3, seed: 5)], pause: .milliseconds(300), repetitions: nil))
      try await Task.sleep(for: .seconds(3))
      // What is on the disk now is what a killed process would leave, but for its lock.
      let folder = studio.folder.path
      let left = folder.appending("left")
      try FileManager.default.copyItem(
        atPath: recording.folder.string, toPath: left.string)
      let stored = recording.status.packets
      await recording.stop()
      #expect(stored > 50)
      var options = studio.options
      options.resume = left
      let second = try await studio.recorder.start(options)
      try await Task.sleep(for: .seconds(3))
      speaker.leave()
      let end = await second.stop()
      #expect(end.exitCode == 0)
      #expect(end.capture == left)
      let connections = try Studio.payloads(ConnectionEvent.self, left).map(\.connection)
      #expect(connections == [0, 1])
      #expect(try Studio.payloads(GapEvent.self, left).map(\.cause) == ["recorder"])
      let manifest = try studio.render(left)
      let alice = manifest.speakers.first { $0.userID == "\(studio.ids.alice)" }
      #expect(Set(alice?.streams.map(\.connection) ?? []).count == 2)
      #expect(studio.simulator.world.guilds[studio.ids.guild]?.members[studio.ids.bot]?.nick == nil)
    }
  }

  @Test("A stage: no end-to-end encryption, the bot in the audience, and all of it in the track")
  func stage() async throws {
    try await LiveStudio.run { studio in
      var options = studio.options
      options.channel = ID(Snowflake(studio.ids.stage))
      let recording = try await studio.recorder.start(options)
      #expect(recording.status.encryption == .stage)
      let clip = try LiveStudio.clip(2, seed: 21)
      await studio.simulator.speak(
        studio.ids.alice, in: studio.ids.stage, VoiceScript([clip], pause: .milliseconds(300))
      ).finished()
      let end = await recording.stop()
      #expect(end.status.alerts == [])
      let own = try Studio.payloads(OwnStateEvent.self, end.capture)
      #expect(own.contains { $0.channel == "\(studio.ids.stage)" && $0.suppress })
      #expect(try Studio.payloads(ConnectionEvent.self, end.capture).map(\.dave) == [0])
      let manifest = try studio.render(end.capture)
      let alice = try #require(manifest.speakers.first { $0.userID == "\(studio.ids.alice)" })
      #expect(alice.packets.captured >= clip.packets.count)
      #expect(alice.packets.placed == alice.packets.captured)
      let placement = try studio.placement(of: studio.ids.alice, end.capture, manifest)
      #expect((0.99...1.01).contains(placement.energy), "energy \(placement.energy)")
    }
  }

  @Test("Two guilds in one process: what goes wrong in one never touches the other")
  func twoGuilds() async throws {
    try await LiveStudio.run { studio in
      let there = studio.makeGuild("Radio Club", members: [studio.ids.carol])
      let here = try await studio.recorder.start(studio.options)
      var options = studio.options
      options.guild = ID(Snowflake(there.guild))
      options.channel = ID(Snowflake(there.voice))
      let other = try await studio.recorder.start(options)
      #expect(studio.recorder.recordings.count == 2)
      let clip = try LiveStudio.clip(2, seed: 31)
      studio.simulator.speak(
        studio.ids.alice, in: studio.ids.voice, VoiceScript([clip], repetitions: nil))
      let carol = studio.simulator.speak(
        studio.ids.carol, in: there.voice,
        VoiceScript([clip, clip], pause: .milliseconds(300)))
      while other.status.packets < 20 || here.status.packets < 20 {
        try await Task.sleep(for: .milliseconds(10))
      }
      // Its server goes, its call ends, and then it is thrown out.
      studio.simulator.inject(VoiceFault(.recreate, user: studio.ids.alice))
      studio.simulator.leaveVoice(studio.ids.bot, guild: studio.ids.guild)
      #expect(await here.end().reason == .kicked)
      await carol.finished()
      #expect(studio.recorder.recordings.count == 1)
      #expect(studio.recorder.metrics.contains("tapedeck_sessions 1"))
      let end = await other.stop()
      #expect(end.status.reconnects == [:] && end.status.connections == 1)
      #expect(end.status.alerts == [] && end.isComplete)
      let manifest = try studio.render(end.capture)
      let speaker = try #require(manifest.speakers.first)
      #expect(manifest.speakers.count == 1 && speaker.userID == "\(studio.ids.carol)")
      #expect(speaker.packets.placed == speaker.packets.captured)
      #expect(speaker.frames.lost == 0)
      let placement = try studio.placement(of: studio.ids.carol, end.capture, manifest)
      #expect((0.99...1.01).contains(placement.energy), "energy \(placement.energy)")
    }
  }

  @Test("Deafened, moved to AFK: told within 2 s by channel, message and webhook, with all-clears")
  func deafenedAndAway() async throws {
    try await LiveStudio.run { studio in
      let away = studio.makeAFKChannel()
      let general = ID<Channel>(Snowflake(studio.ids.general))
      let webhook = try await studio.client.createWebhook("Alarm", in: general)
      let address = "\(studio.apiBase)/webhooks/\(webhook.id)/\(try #require(webhook.token))"
      var options = studio.options
      options.alerts = [
        .channel(general), .directMessage(ID(Snowflake(studio.ids.alice))),
        try #require(AlertTarget("webhook:" + address)),
      ]
      let recording = try await studio.recorder.start(options)
      let (bot, voice) = (studio.ids.bot, studio.ids.voice)
      for (effect, cause, isRaised) in [
        (.deafen(true), .deafened, true), (.deafen(false), .deafened, false),
        (.move(to: away), .afk, true), (.move(to: voice), .afk, false),
      ] as [(VoiceFault.Effect, Alert.Cause, Bool)] {
        studio.simulator.inject(VoiceFault(effect, user: bot))
        let start = ContinuousClock.now
        while recording.status.alerts.map(\.cause).contains(cause) != isRaised {
          guard ContinuousClock.now - start < .seconds(2) else { break }
          try await Task.sleep(for: .milliseconds(20))
        }
        #expect(recording.status.alerts.map(\.cause).contains(cause) == isRaised, "\(effect)")
        #expect(
          studio.recorder.metrics.contains("cause=\"\(cause.rawValue)\"} \(isRaised ? 1 : 0)"))
      }
      while recording.status.connection != .connected {
        try await Task.sleep(for: .milliseconds(10))
      }
      studio.simulator.inject(VoiceFault(.kick, user: bot))
      let end = await recording.end()
      #expect(end.reason == .kicked)
      #expect(end.exitCode == 0)
      let world = studio.simulator.world
      let message = world.channels.values.first {
        $0.kind == .dm && $0.recipientIDs.contains(studio.ids.alice)
      }
      // Two causes: by the channel and the webhook in one channel, and by direct message.
      for (channel, times) in [(studio.ids.general, 2), (try #require(message).id, 1)] {
        let texts = world.messages[channel, default: []].map(\.content)
        for cause in ["was deafened", "was moved to the AFK channel"] {
          #expect(
            texts.count { $0.hasPrefix("Recording in danger in Tape Club") && $0.contains(cause) }
              == times, "\(texts)")
        }
        #expect(texts.count { $0.hasPrefix("All clear") } == 2 * times)
      }
    }
  }

  @Test("Sounds of the soundboard are noted: they are in nobody's packets")
  func soundboard() async throws {
    try await LiveStudio.run { studio in
      let ids = studio.ids
      studio.simulator.joinVoice(ids.alice, ids.voice)
      studio.simulator.joinVoice(ids.bob, ids.stage)
      let recording = try await studio.recorder.start(studio.options)
      var updates = recording.updates.makeAsyncIterator()
      studio.simulator.mutate { world, _ in
        world.playSound(1, by: ids.bob, guild: ids.guild)
        world.playSound(1, by: ids.alice, guild: ids.guild)
      }
      while let update = await updates.next() {
        if case .event(_, let message) = update, message.contains("soundboard") { break }
      }
      let end = await recording.stop()
      let sounds = try Studio.payloads(ParticipantEvent.self, end.capture)
        .filter { $0.state == "soundboard" }
      #expect(sounds.map(\.user) == ["\(ids.alice)"], "not those of another channel")
    }
  }
}
