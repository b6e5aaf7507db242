import CaptureLog
import DiscordREST
import DiscordSimulator
import DiscordVoice
import FoundationEssentials
import TestSupport
import Testing

@testable import Recorder

@Suite("Consent", .timeLimit(.minutes(1)))
struct ConsentTests {
  private static let sendMessages: UInt64 = 11
  private static let changeNickname: UInt64 = 26

  /// Takes a permission from the bot's role.
  private static func without(_ bit: UInt64) -> (inout World, World.Sample) -> Void {
    { world, ids in
      for var role in world.guilds[ids.guild]?.roles.values.map({ $0 }) ?? [] {
        role.permissions = .init(rawValue: role.permissions.rawValue & ~(1 << bit))
        world.update(role, in: ids.guild)
      }
    }
  }

  @Test("A notice in the channel's chat and a nickname, restored afterwards, all of it logged")
  func usual() async throws {
    let studio = try Studio()
    let recording = try await studio.recorder().start(studio.options)
    #expect(studio.posts(in: studio.ids.voice).count == 1)
    #expect(studio.posts(in: studio.ids.voice)[0].contains("being recorded** by Tapedeck"))
    #expect(studio.nick == "[REC] Tapedeck")
    // What a crash now would leave for the next recording.
    let file = NicknameFile(
      folder: studio.captures, bot: studio.bot, guild: UInt64(studio.ids.guild))
    #expect(file.read() == .init(before: nil, recording: "[REC] Tapedeck"))
    let end = await recording.stop()
    #expect(studio.nick == nil)
    #expect(
      try Studio.payloads(NoticeEvent.self, end.capture).map(\.state) == [
        "posted", "nickname_set", "nickname_restored",
      ])
    #expect(try studio.folder.names(in: "captures").count == 1)
  }

  @Test("Not allowed to post: nothing is recorded, 77")
  func mayNotPost() async throws {
    let studio = try Studio(Self.without(Self.sendMessages))
    let error = await #expect(throws: RecorderError.self) {
      try await studio.recorder().start(studio.options)
    }
    #expect(error?.exitCode == 77)
    #expect(throws: (any Error).self) { try studio.stay }
    #expect(try studio.folder.names(in: "captures") == [])
  }

  @Test("Without a notice nothing is posted or renamed, and that is logged")
  func none() async throws {
    let studio = try Studio(Self.without(Self.sendMessages))
    var options = studio.options
    options.notice = nil
    let recording = try await studio.recorder().start(options)
    #expect(studio.nick == nil)
    let end = await recording.stop()
    #expect(try Studio.payloads(NoticeEvent.self, end.capture).map(\.state) == ["off"])
  }

  @Test("No permission for the nickname: a warning, and it goes on")
  func mayNotRename() async throws {
    let studio = try Studio(Self.without(Self.changeNickname))
    let recording = try await studio.recorder().start(studio.options)
    #expect(recording.status.warnings.contains { $0.contains("nickname") })
    #expect(studio.nick == nil)
    let end = await recording.stop()
    #expect(end.exitCode == 0)
    #expect(
      try Studio.payloads(NoticeEvent.self, end.capture).map(\.state) == [
        "posted", "nickname_refused",
      ])
  }

  @Test("After a crash the next recording restores the nickname")
  func crash() async throws {
    let studio = try Studio { world, ids in
      guard var member = world.guilds[ids.guild]?.members[ids.bot] else { return }
      member.nick = "[REC] Deck"
      world.update(member, in: ids.guild)
    }
    let file = NicknameFile(
      folder: studio.captures, bot: studio.bot, guild: UInt64(studio.ids.guild))
    try file.write(.init(before: "Deck", recording: "[REC] Deck"))
    var options = studio.options
    options.notice = nil
    let recording = try await studio.recorder().start(options)
    #expect(studio.nick == "Deck")
    #expect(file.read() == nil)
    await recording.stop()
    #expect(studio.nick == "Deck")
  }

  @Test("A nickname whose file is gone as well is taken back all the same")
  func crashWithoutFile() async throws {
    let studio = try Studio { world, ids in
      guard var member = world.guilds[ids.guild]?.members[ids.bot] else { return }
      member.nick = "[REC] Tapedeck"
      world.update(member, in: ids.guild)
    }
    let recording = try await studio.recorder().start(studio.options)
    #expect(studio.nick == "[REC] Tapedeck")
    await recording.stop()
    #expect(studio.nick == nil)
  }

  @Test("The nickname's file can lie elsewhere than the captures")
  func folder() async throws {
    let studio = try Studio()
    var options = studio.options
    options.nicknameFolder = try studio.folder.makeFolder("elsewhere")
    let recording = try await studio.recorder().start(options)
    #expect(try studio.folder.names(in: "elsewhere").count == 1)
    #expect(try studio.folder.names(in: "captures").allSatisfy { !$0.hasPrefix(".nickname") })
    await recording.stop()
    #expect(try studio.folder.names(in: "elsewhere").isEmpty)
  }

  @Test("A nickname that somebody changed meanwhile is left alone")
  func changed() async throws {
    let studio = try Studio()
    let recording = try await studio.recorder().start(studio.options)
    studio.simulator.mutate { [ids = studio.ids] world, _ in
      guard var member = world.guilds[ids.guild]?.members[ids.bot] else { return }
      member.nick = "Mixtape"
      world.update(member, in: ids.guild)
    }
    await recording.stop()
    #expect(studio.nick == "Mixtape")
  }

  @Test("Who comes later is told by another post, 15 minutes after the first at the earliest")
  func later() async throws {
    let studio = try Studio()
    let recording = try await studio.recorder().start(studio.options)
    let stay = try studio.stay
    studio.pass(.seconds(60), recording)
    stay.voiceState(11, in: UInt64(studio.ids.voice), name: "ada")
    stay.voiceState(12, in: UInt64(studio.ids.voice), name: "robot", bot: true)
    studio.pass(.seconds(800), recording)
    #expect(studio.posts(in: studio.ids.voice).count == 1)
    studio.pass(.seconds(60), recording)
    while studio.posts(in: studio.ids.voice).count < 2 {
      try await Task.sleep(for: .milliseconds(1))
    }
    studio.pass(.seconds(3000), recording)
    let end = await recording.stop()
    #expect(studio.posts(in: studio.ids.voice).count == 2)
    #expect(
      try Studio.payloads(NoticeEvent.self, end.capture).map(\.state).contains("repeated"))
  }

  @Test("Moved to a channel where the bot may not post: it stops, 77; else it posts there")
  func moved() async throws {
    let studio = try Studio()
    let recording = try await studio.recorder().start(studio.options)
    try studio.stay.observer.handle(.moved(to: UInt64(studio.ids.stage)))
    while studio.posts(in: studio.ids.stage).isEmpty {
      try await Task.sleep(for: .milliseconds(1))
    }
    #expect(recording.status.channel == ID(Snowflake(UInt64(studio.ids.stage))))
    try studio.stay.observer.handle(.moved(to: UInt64(studio.ids.moderators)))
    let end = await recording.end()
    #expect(end.reason == .notPermitted)
    #expect(end.exitCode == 77)
  }

  @Test("Excluded users: neither packets nor keys nor names, also when they opt out later")
  func excluded() async throws {
    let studio = try Studio()
    let list = try studio.folder.write("", to: "opt-out")
    var options = studio.options
    options.excluded = [11]
    options.optOutFile = list
    let recording = try await studio.recorder().start(options)
    let stay = try studio.stay
    for (user, name) in [(UInt64(11), "ada"), (12, "bob"), (13, "carol")] {
      stay.voiceState(user, in: UInt64(studio.ids.voice), name: name)
      stay.observer.handle(
        .speaking(connection: 0, user: user, ssrc: UInt32(user) * 100, flags: 1))
    }
    await stay.epoch(1, users: [11, 12, 13])
    for number in 0..<10 {
      for ssrc in [1100, 1200, 1300] as [UInt32] { stay.packet(UInt16(number), ssrc: ssrc) }
    }
    try studio.folder.write("12\n", to: "opt-out")
    studio.pass(.seconds(3), recording)
    await stay.epoch(2, users: [11, 12, 13])
    for number in 10..<20 {
      for ssrc in [1100, 1200, 1300] as [UInt32] { stay.packet(UInt16(number), ssrc: ssrc) }
    }
    studio.pass(.seconds(1), recording)
    #expect(recording.status.speakers.map(\.isExcluded) == [true, true, false])
    let end = await recording.stop()
    #expect(end.status.packets == 10 + 20)
    #expect(end.status.counted["excluded"] == 30)
    let keys = try CaptureKeys.open(end.capture, with: [studio.key])
    #expect(keys.senders("11").isEmpty)
    #expect(keys.senders("12").map(\.epoch) == [1])
    #expect(keys.senders("13").map(\.epoch) == [1, 2])
    #expect(keys.profiles["11"] == nil)
    let drops = try Studio.payloads(DropsEvent.self, end.capture)
    #expect(drops.filter { $0.where == "excluded" }.reduce(0) { $0 + $1.packets } == 30)
    #expect(
      try Studio.payloads(ExclusionEvent.self, end.capture).contains(
        ExclusionEvent(user: "12", excluded: true)))
  }
}
