extension World {
  /// The ids and tokens of ``World/sample(now:)``, by what they are.
  package struct Sample: Sendable, Equatable {
    /// The token of the bot Tapedeck.
    package var botToken = "MTIz.sample.tape-deck-bot-token"
    /// The access token of alice.
    package var userToken = "sample-user-token-of-alice"
    /// Tape Club.
    package var guild: ID = 0
    /// The category Talk.
    package var category: ID = 0
    /// The text channel general.
    package var general: ID = 0
    /// The announcement channel.
    package var announcements: ID = 0
    /// Only moderators and the bot's owner see it; the bot does not.
    package var moderators: ID = 0
    /// The bot can read it, not write.
    package var rules: ID = 0
    /// The voice channel Listening Room.
    package var voice: ID = 0
    /// The stage.
    package var stage: ID = 0
    /// The forum mixtapes.
    package var forum: ID = 0
    /// A thread in general.
    package var thread: ID = 0
    /// The owner of the guild and of the application.
    package var alice: ID = 0
    /// A moderator, called Bobby there.
    package var bob: ID = 0
    /// A member without a global name.
    package var carol: ID = 0
    /// A member whose names try to break out of what they are put into.
    package var mallory: ID = 0
    /// Somebody outside the guild.
    package var stranger: ID = 0
    /// The bot user and its application.
    package var bot: ID = 0
    /// The bot's role.
    package var botRole: ID = 0
    /// The role Moderators.
    package var moderatorRole: ID = 0
    /// The scheduled event in the voice channel.
    package var event: ID = 0
    /// A message of alice in general.
    package var firstMessage: ID = 0
  }

  /// What the sample's bot may do in the guild.
  package static let sampleBotPermissions: Permissions = [
    .viewChannel, .sendMessages, .attachFiles, .readMessageHistory, .connect, .speak,
    .changeNickname, .createPublicThreads, .createPrivateThreads, .sendMessagesInThreads,
    .addReactions, .manageMessages, .manageWebhooks, .manageThreads, .embedLinks, .createEvents,
    .manageEvents, .manageChannels, .createInvite, .useApplicationCommands, .pinMessages,
  ]

  /// The guild "Tape Club" with channels of all types, some members and one bot.
  ///
  /// - Parameter now: when it was looked at first; everything in it is somewhat older.
  package static func sample(now: Time) -> (world: World, ids: Sample) {
    var world = World()
    var ids = Sample()
    let day: Time = 86_400_000
    world.addSamplePeople(&ids, at: now - 90 * day)
    world.addSampleChannels(&ids, at: now - 60 * day)
    world.addSampleMessages(&ids, now: now)
    ids.event =
      world.scheduleEvent(
        "Weekly listening", channel: ids.voice, by: ids.alice, startsAt: now + day, now: now)?
      .id ?? 0
    _ = world.takeEvents()
    return (world, ids)
  }

  private mutating func addSamplePeople(_ ids: inout Sample, at time: Time) {
    ids.alice = createUser("alice", globalName: "Alice", now: time).id
    ids.bob = createUser("bob", globalName: "Bob B.", now: time).id
    ids.carol = createUser("carol", now: time).id
    ids.mallory =
      createUser(
        "mallory", globalName: "../../@everyone \u{202E}<@&1>\u{1B}[31m`**evil**`\r\nX: y",
        now: time
      ).id
    ids.stranger = createUser("stranger", globalName: "Stranger", now: time).id
    addUserToken(ids.userToken, for: ids.alice)
    let guild = createGuild("Tape Club", owner: ids.alice, now: time)
    ids.guild = guild.id
    ids.moderatorRole =
      createRole(
        "Moderators",
        permissions: [.manageMessages, .kickMembers, .manageThreads, .mentionEveryone],
        in: guild.id, now: time
      ).id
    addMember(ids.bob, to: guild.id, nick: "Bobby", roles: [ids.moderatorRole], now: time + 1000)
    addMember(ids.carol, to: guild.id, now: time + 2000)
    addMember(ids.mallory, to: guild.id, nick: "@here <@1>\u{0007} x\u{2028}y", now: time + 3000)
    let application = createApplication(
      "Tapedeck", owner: ids.alice, token: ids.botToken,
      flags: [.guildMembersLimited, .messageContentLimited], now: time + 4000)
    ids.bot = application.id
    var role = createRole(
      "Tapedeck", permissions: Self.sampleBotPermissions, in: guild.id, now: time + 4000)
    role.botID = application.id
    update(role, in: guild.id)
    ids.botRole = role.id
    addMember(application.id, to: guild.id, roles: [role.id], now: time + 5000)
  }

  private mutating func addSampleChannels(_ ids: inout Sample, at time: Time) {
    let guild = ids.guild
    func channel(
      _ kind: Channel.Kind, _ name: String, parent: ID? = nil, topic: String? = nil,
      _ overwrites: [Overwrite] = []
    ) -> ID {
      createChannel(
        kind, name: name, in: guild, parent: parent, topic: topic, overwrites: overwrites,
        now: time
      ).id
    }
    ids.category = channel(.category, "Talk")
    ids.general = channel(
      .text, "general", parent: ids.category, topic: "Tapes and everything else")
    ids.announcements = channel(.announcement, "announcements", parent: ids.category)
    ids.rules = channel(
      .text, "rules", parent: ids.category, topic: "Read only",
      [
        Overwrite(id: guild, kind: .role, allow: [], deny: [.sendMessages]),
        Overwrite(id: ids.botRole, kind: .role, allow: [], deny: [.sendMessages, .manageMessages]),
      ])
    ids.moderators = channel(
      .text, "moderators",
      [
        Overwrite(id: guild, kind: .role, allow: [], deny: [.viewChannel]),
        Overwrite(id: ids.moderatorRole, kind: .role, allow: [.viewChannel], deny: []),
      ])
    ids.voice = channel(.voice, "Listening Room", parent: ids.category)
    ids.stage = channel(.stage, "Stage", topic: "Talks")
    ids.forum = channel(.forum, "mixtapes", topic: "One post for each tape")
    guilds[guild]?.systemChannelID = ids.general
  }

  private mutating func addSampleMessages(_ ids: inout Sample, now: Time) {
    let day: Time = 86_400_000
    let minute: Time = 60_000
    // In the order of time, since ids are.
    send(MessageDraft("Be kind to the tapes"), by: ids.alice, in: ids.rules, now: now - 50 * day)
    ids.firstMessage =
      send(
        MessageDraft("Welcome to the Tape Club!"), by: ids.alice, in: ids.general,
        now: now - 40 * day
      ).id
    for number in 1...20 {
      send(
        MessageDraft("Old tape \(number) has been digitised"),
        by: [ids.bob, ids.carol][number % 2], in: ids.general,
        now: now - 30 * day + Time(number) * minute)
    }
    send(
      MessageDraft("Season opens on Friday"), by: ids.alice, in: ids.announcements,
      now: now - 5 * day)
    let post = createThread(name: "Rain sounds", in: ids.forum, by: ids.carol, now: now - 3 * day)
    var first = MessageDraft("An hour of rain")
    first.id = post.id
    send(first, by: ids.carol, in: post.id, now: now - 3 * day)
    var picture = MessageDraft("The cover of <@\(ids.bob)>'s new tape")
    picture.files = [
      .init(filename: "cover art.png", contentType: "image/png", bytes: Self.tinyPNG)
    ]
    send(picture, by: ids.carol, in: ids.general, now: now - 2 * day)
    let tapes = send(
      MessageDraft("Which tapes shall we hear next?"), by: ids.bob, in: ids.general,
      now: now - day)
    react("🎧", by: ids.alice, to: tapes.id, in: ids.general)
    react("🎧", by: ids.carol, to: tapes.id, in: ids.general)
    ids.thread =
      createThread(
        name: "Next tapes", in: ids.general, by: ids.alice, on: tapes.id, now: now - day
      ).id
    send(MessageDraft("The blue one"), by: ids.alice, in: ids.thread, now: now - day + minute)
    send(
      MessageDraft("Only for moderators"), by: ids.bob, in: ids.moderators,
      now: now - day + 2 * minute)
    send(MessageDraft("`rm -rf` @everyone"), by: ids.mallory, in: ids.general, now: now - minute)
  }

  /// A picture of one pixel.
  private static let tinyPNG: [UInt8] = [
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0,
    0, 0, 58, 126, 155, 85, 0, 0, 0, 10, 73, 68, 65, 84, 120, 156, 99, 96, 0, 0, 0, 2, 0, 1, 72,
    175, 164, 113, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
  ]
}
