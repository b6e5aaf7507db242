import DiscordREST
import FoundationEssentials
import Testing

@Suite("Permissions")
struct PermissionTests {
  private static let now = Date(timeIntervalSince1970: 1_800_000_000)
  private static let everyone: Snowflake = 10

  private func question(
    everyone: Permissions = [.viewChannel, .sendMessages, .connect, .readMessageHistory],
    mine: [ID<Role>] = [31], owner: ID<User> = 1, timedOut: TimeInterval? = nil
  ) -> PermissionQuestion {
    PermissionQuestion(
      guildID: 10, ownerID: owner,
      roles: [
        10: everyone, 31: [.attachFiles], 32: [.manageMessages], 33: [.administrator],
      ],
      userID: 7, memberRoles: mine,
      timedOutUntil: timedOut.map { Self.now.addingTimeInterval($0) })
  }

  private func role(
    _ id: Snowflake, allow: Permissions = [], deny: Permissions = []
  ) -> PermissionOverwrite {
    PermissionOverwrite(id: id, kind: .role, allow: allow, deny: deny)
  }

  private func member(
    _ id: Snowflake, allow: Permissions = [], deny: Permissions = []
  ) -> PermissionOverwrite {
    PermissionOverwrite(id: id, kind: .member, allow: allow, deny: deny)
  }

  private func check(
    _ question: PermissionQuestion, _ overwrites: [PermissionOverwrite] = [],
    _ type: ChannelType = .text
  ) -> Permissions {
    .inChannel(question, overwrites: overwrites, type: type, at: Self.now)
  }

  @Test("The guild's permissions are those of everyone and of the member's roles together")
  func base() {
    #expect(
      Permissions.base(question(), at: Self.now)
        == [.viewChannel, .sendMessages, .connect, .readMessageHistory, .attachFiles])
    #expect(Permissions.base(question(mine: [99]), at: Self.now).contains(.viewChannel))
    #expect(!Permissions.base(question(mine: [99]), at: Self.now).contains(.attachFiles))
  }

  @Test("Owner and administrator may everything, past every overwrite and time-out")
  func unlimited() {
    let deny = [role(10, deny: .all), member(7, deny: .all)]
    #expect(check(question(owner: 7, timedOut: 60), deny) == .all)
    #expect(check(question(mine: [33], timedOut: 60), deny) == .all)
    #expect(Permissions.base(question(owner: 7, timedOut: 60), at: Self.now) == .all)
    #expect(Permissions.base(question(mine: [33]), at: Self.now) == .all)
  }

  @Test("Overwrites: everyone, then roles together, then the member; allowing beats denying")
  func order() {
    // Everyone is denied, the role allows.
    #expect(
      check(question(), [role(10, deny: .sendMessages), role(31, allow: .sendMessages)])
        .contains(.sendMessages))
    // The order in the list does not matter.
    #expect(
      check(question(), [role(31, allow: .sendMessages), role(10, deny: .sendMessages)])
        .contains(.sendMessages))
    // Of two roles one denies and one allows.
    #expect(
      check(
        question(mine: [31, 32]),
        [role(31, deny: .sendMessages), role(32, allow: .sendMessages)]
      ).contains(.sendMessages))
    // The member's own comes last, both ways.
    #expect(
      !check(question(), [role(31, allow: .sendMessages), member(7, deny: .sendMessages)])
        .contains(.sendMessages))
    #expect(
      check(question(), [role(31, deny: .sendMessages), member(7, allow: .sendMessages)])
        .contains(.sendMessages))
    // Those of other roles and members do not count.
    #expect(
      check(question(), [role(32, deny: .sendMessages), member(8, deny: .sendMessages)])
        .contains(.sendMessages))
    // A role and a user may have the same number.
    #expect(
      check(question(), [role(7, deny: .sendMessages), member(31, deny: .sendMessages)])
        .contains(.sendMessages))
  }

  @Test("Who cannot see a channel can do nothing in it; who cannot send cannot attach")
  func implied() {
    #expect(check(question(), [role(10, deny: .viewChannel)]) == [])
    let silent = check(question(), [role(10, deny: .sendMessages)])
    #expect(!silent.contains(.attachFiles))
    #expect(silent.contains(.readMessageHistory))
    let voice = check(question(), [role(10, deny: .connect)], .voice)
    #expect(voice == [.viewChannel])
  }

  @Test("In a thread its own permission decides about sending")
  func threads() {
    #expect(!check(question(), [], .publicThread).contains(.sendMessages))
    let allowed = check(question(), [role(10, allow: .sendMessagesInThreads)], .publicThread)
    #expect(allowed.contains(.sendMessages))
    let only = check(
      question(), [role(10, allow: .sendMessagesInThreads, deny: .sendMessages)], .privateThread)
    #expect(only.contains(.sendMessages))
  }

  @Test("A time-out leaves looking and reading, until it is over")
  func timeOut() {
    #expect(check(question(timedOut: 60)) == [.viewChannel, .readMessageHistory])
    #expect(
      Permissions.base(question(timedOut: 60), at: Self.now)
        == [.viewChannel, .readMessageHistory])
    #expect(check(question(timedOut: -1)).contains(.sendMessages))
    #expect(check(question(timedOut: 60), [role(10, deny: .viewChannel)]) == [])
  }

  @Test("Discord's decimal strings are read and written; unknown bits stay")
  func text() {
    #expect(Permissions("3072") == [.viewChannel, .sendMessages])
    #expect(Permissions("18446744073709551615")?.rawValue == .max)
    #expect(Permissions("18446744073709551616") == nil)
    for text in ["", "-1", "+1", "1 ", "0x10", "１"] { #expect(Permissions(text) == nil) }
    let odd = Permissions(rawValue: 1 << 60 | 1 << 10)
    #expect(odd.names == ["VIEW_CHANNEL", "1 << 60"])
    #expect(odd.description == "VIEW_CHANNEL, 1 << 60")
    #expect(Permissions([]).description == "none")
    #expect(Permissions.all.names.count == 52)
    #expect(odd.text == "1152921504606848000")
  }
}
