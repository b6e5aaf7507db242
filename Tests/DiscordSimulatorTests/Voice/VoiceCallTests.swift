import CaptureSynthesis
import JSONValues
import Testing

@testable import DiscordSimulator

/// Calls of scripted speakers in simulated time: pure.
@Suite("Calls")
struct VoiceCallTests {
  private static let guild: UInt64 = 1
  private static let channel: UInt64 = 20

  @Test("Whoever comes and goes, all who are there end up in one epoch", arguments: [1, 2, 3])
  func churn(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var server = VoiceServer()
    var world = VoiceProtocolTests.Places(places: [:])
    var now = Duration.zero
    var fault: [VoiceFault.Effect] = [.recreate, .downgrade, .upgrade]
    for round in 0..<60 {
      let user = 100 + random.next() % 6
      if world.places[user] == nil {
        world.places[user] = VoicePlace(channel: Self.channel, sessionID: "\(user)")
        let joined = server.speakerJoins(
          user, guild: Self.guild, keyChange: user % 2 == 0 ? .atCommit : .atExecution, now: now,
          world: world)
        #expect(joined != nil)
      } else {
        world.places[user] = nil
        _ = server.speakerLeaves(user, guild: Self.guild, now: now)
      }
      if round % 15 == 14, let effect = fault.popLast() {
        _ = server.inject(VoiceFault(effect), now: now)
      }
      // Now and then the next one does not wait until all is settled.
      let pause: Duration = random.next() % 3 == 0 ? .milliseconds(12) : .seconds(8)
      run(&server, until: now + pause)
      now += pause
      guard pause > .seconds(1) else { continue }
      check(server, present: world.places.count)
    }
    #expect(server.statistics.epochs > 20)
    for speaker in server.speakers.values { #expect(speaker.warnings.isEmpty) }
  }

  @Test("Every call of many has its group")
  func manyCalls() {
    var server = VoiceServer()
    var world = VoiceProtocolTests.Places(places: [:])
    for call in 0..<6 as Range<UInt64> {
      for user in 100 + 10 * call..<104 + 10 * call {
        world.places[user] = VoicePlace(channel: Self.channel + call, sessionID: "\(user)")
        _ = server.speakerJoins(
          user, guild: Self.guild + call, keyChange: .atExecution, now: .zero, world: world)
      }
    }
    run(&server, until: .seconds(20))
    for call in 0..<6 as Range<UInt64> {
      let users = Set(100 + 10 * call..<104 + 10 * call)
      #expect(Set(server.rooms[Self.channel + call]?.members ?? []) == users)
    }
    #expect(server.speakers.values.allSatisfy { $0.epoch != nil })
  }

  private func run(_ server: inout VoiceServer, until end: Duration) {
    while let deadline = server.nextDeadline, deadline <= end { _ = server.tick(now: deadline) }
  }

  private func check(_ server: VoiceServer, present: Int) {
    #expect(server.sessions.count == present && server.speakers.count == present)
    guard present > 1, let room = server.rooms[Self.channel] else { return }
    let epochs = Set(server.speakers.values.map(\.epoch))
    if room.version == 0 {
      #expect(epochs == [nil])
    } else {
      #expect(epochs.count == 1 && epochs.first != .some(nil))
      #expect(Set(room.members) == Set(server.speakers.keys))
    }
  }

  @Test("A plan follows from its seed, and in text every effect can be told")
  func plans() {
    let plan = VoiceFault.random(seed: 5, count: 40, channel: 9, length: .seconds(60))
    #expect(plan == VoiceFault.random(seed: 5, count: 40, channel: 9, length: .seconds(60)))
    #expect(plan != VoiceFault.random(seed: 6, count: 40, channel: 9, length: .seconds(60)))
    #expect(
      plan.allSatisfy { ($0.time ?? .zero) >= .seconds(2) && $0.time ?? .zero < .seconds(62) })
    let all = VoiceFault.everyKind(seed: 1, every: .seconds(1))
    #expect(Set(all.map(\.effect)).count == all.count && all.count >= 30)
    for name in [
      "loss", "burst", "reorder", "duplicate", "corrupt", "replay", "forge", "delay", "jitter",
      "stall", "blackout", "close", "drop", "silence", "mute_acknowledgements", "refuse_resumes",
      "refuse_identifies", "ignore_joins", "repeat_replay", "late_speaking", "no_speaking",
      "bad_welcome", "bad_commit", "migrate", "kick", "deafen", "mute", "downgrade", "upgrade",
      "recreate", "end_call",
    ] {
      #expect(VoiceFault(json: ["effect": .string(name)]) != nil, "\(name)")
    }
    let move = VoiceFault(json: ["effect": "move", "channel": "9", "user": "3", "at": 1500])
    #expect(move == VoiceFault(.move(to: 9), user: 3, at: .milliseconds(1500)))
    #expect(VoiceFault(json: ["effect": "move"]) == nil)
    #expect(VoiceFault(json: ["effect": "nothing"]) == nil)
  }

  @Test("A full channel lets in only who may move others, and nobody talks among those away")
  func worldRules() throws {
    var world = World()
    let owner = world.createUser("owner", now: 0).id
    let guests = (0..<2).map { world.createUser("guest-\($0)", now: 0).id }
    let guild = world.createGuild("Guild", owner: owner, now: 0).id
    for guest in guests { world.addMember(guest, to: guild, now: 0) }
    var channel = world.createChannel(.voice, name: "Small", in: guild, now: 0)
    channel.userLimit = 1
    world.update(channel)
    world.joinVoice(guests[0], channel: channel.id)
    #expect(!world.hasRoom(for: guests[1], in: channel))
    #expect(world.hasRoom(for: guests[0], in: channel))
    #expect(world.hasRoom(for: owner, in: channel))
    #expect(world.voicePlace(of: guests[0], in: guild)?.mayTalk == true)
    var changed = try #require(world.guilds[guild])
    changed.afkChannelID = channel.id
    let revision = world.voiceRevision
    world.update(changed)
    #expect(world.voiceRevision > revision)
    #expect(world.voicePlace(of: guests[0], in: guild)?.mayHear == false)
    #expect(world.voicePlace(of: guests[1], in: guild) == nil)
  }

  @Test("Packets on their way come in the order of their times, and then of their sending")
  func delayed() {
    var queue = DelayedDatagrams()
    let address = VoiceAddress(host: "127.0.0.1", port: 1)
    for (number, due) in [50, 20, 20, 90, 10, 50].enumerated() {
      queue.insert(VoiceDatagram(bytes: [UInt8(number)], to: address), due: Int64(due))
    }
    #expect(queue.nextDeadline == 10)
    #expect(queue.take(until: 50).map { $0.bytes[0] } == [4, 1, 2, 0, 5])
    #expect(queue.take(until: 89).isEmpty && queue.nextDeadline == 90)
  }
}
