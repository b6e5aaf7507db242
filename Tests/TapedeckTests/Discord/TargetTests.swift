internal import Testing

@testable import tapedeck

/// What `--guild`, `--channel` and messages may be given as.
@Suite struct TargetTests {
  @Test(arguments: [
    ("290000000000000001", DiscordTarget.id("290000000000000001")),
    (" 290000000000000001 ", .id("290000000000000001")),
    ("<#123>", .id("123")), ("<@!456>", .id("456")), ("<@456>", .id("456")),
    ("general", .name("general")), ("#general", .name("general")), ("#", .name("#")),
    ("2024", .name("2024")), ("<#abc>", .name("<#abc>")), ("<>", .name("<>")),
    // More than 64 bits is a name, not a trap.
    ("99999999999999999999", .name("99999999999999999999")), ("٣٤٥", .name("٣٤٥")),
    (
      "https://discord.com/channels/1/2/3",
      .address(guild: "1", channel: "2", message: "3")
    ),
    ("https://discord.com/channels/1/2", .address(guild: "1", channel: "2", message: nil)),
    ("https://discord.com/channels/1/", .address(guild: "1", channel: nil, message: nil)),
    (
      "https://ptb.discord.com/channels/@me/2?x=1#y",
      .address(guild: nil, channel: "2", message: nil)
    ),
    (
      "https://discordapp.com/channels/1/2/threads/3/4",
      .address(guild: "1", channel: "3", message: "4")
    ),
    ("http://127.0.0.1:4000/channels/1/2", .address(guild: "1", channel: "2", message: nil)),
    ("discord://-/channels/1/2", .address(guild: "1", channel: "2", message: nil)),
  ])
  func isUnderstood(text: String, target: DiscordTarget) throws {
    #expect(try DiscordTarget(text) == target)
  }

  @Test(arguments: [
    "", "  ", "https://example.org/channels/1/2", "https://discord.com.evil/channels/1/2",
    "https://evildiscord.com/channels/1/2", "https://discord.com/channels/",
    "https://discord.com/channels/1/../3", "https://discord.com/users/1",
    "https://discord.com/channels/1/2/3/4/5", "https://discord.com/channels/1/two",
    "ftp://discord.com/channels/1/2", "https://127.0.0.1.evil.org/channels/1/2",
    "https://user@discord.com/channels/1/2", "://", "https://",
  ])
  func isRefused(text: String) {
    #expect { try DiscordTarget(text) } throws: { ($0 as? CommandFailure)?.status == .usage }
  }

  private let candidates = [
    Candidate(id: "1", name: "general"), Candidate(id: "2", name: "General"),
    Candidate(id: "3", name: "Team Room"), Candidate(id: "4", name: "twin", detail: "text in A"),
    Candidate(id: "5", name: "twin", detail: "voice in B"), Candidate(id: "6", name: "STRASSE"),
    Candidate(id: "7", name: "2024"),
  ]

  @Test func namesAreLookedUpExactlyFirst() {
    #expect(NameLookup("general", among: candidates) == .found(candidates[0]))
    #expect(NameLookup("General", among: candidates) == .found(candidates[1]))
    #expect(NameLookup("GENERAL", among: candidates) == .ambiguous([candidates[0], candidates[1]]))
    #expect(NameLookup("team-room", among: candidates) == .found(candidates[2]))
    #expect(NameLookup("twin", among: candidates) == .ambiguous([candidates[3], candidates[4]]))
    #expect(NameLookup("2024", among: candidates) == .found(candidates[6]))
    // Few digits may be an id all the same.
    #expect(NameLookup("5", among: candidates) == .found(candidates[4]))
    #expect(NameLookup("nothing", among: candidates) == .unknown)
    #expect(NameLookup("general", among: []) == .unknown)
  }

  @Test func candidatesAreListedHarmlessAndNotForEver() {
    let hostile = Candidate(id: "8", name: "a\u{1B}[2J\nb\u{202E}", detail: "text")
    #expect(NameLookup.list([hostile]) == #"a\u{1B}[2J\u{A}b\u{202E} (8, text)"#)
    let many = (0..<100).map { Candidate(id: "\($0)", name: "c") }
    #expect(NameLookup.list(many).hasSuffix("and 88 more"))
    #expect(NameLookup.list([]) == "none")
  }

  @Test func boundsAreMessagesOrDates() throws {
    #expect(try MessageBound.id("290000000000000001") == "290000000000000001")
    #expect(try MessageBound.id("https://discord.com/channels/1/2/3") == "3")
    #expect(try MessageBound.id("42") == "42")
    // Discord's own example of an id's time: 2016-04-30T11:18:25.796Z is 175928847299117063.
    let id = try #require(UInt64(try MessageBound.id("2016-04-30T11:18:25Z")))
    #expect(id <= 175_928_847_299_117_063 && 175_928_847_299_117_063 - id < 1000 << 22)
    #expect(try MessageBound.id("2015-01-01") == "0")
    #expect(throws: CommandFailure.self) { try MessageBound.id("yesterday") }
    #expect(throws: CommandFailure.self) { try MessageBound.id("https://discord.com/channels/1/2") }
  }
}
