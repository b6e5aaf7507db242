/// The people of the sample world, who talk a little, so that something happens: they answer what
/// bots say, post in general, react, and come and go in the voice channel.
package struct Chatter: Sendable {
  private let ids: World.Sample
  private var random: SeededNumbers
  private var answered: World.ID = 0
  private var turns = 0
  /// Whether people come to the voice channel and go; not where others talk there by a script.
  package var comesAndGoes = true

  private static let lines = [
    "Did anybody rewind the blue tape?", "Side B is the better one.", "I have found another box.",
    "The hum at 50 Hz is gone.", "Who brings the splicing block on Friday?", "Type II, surely.",
  ]

  /// People of ``World/sample(now:)``; what they do follows from the seed.
  package init(_ ids: World.Sample, seed: UInt64) {
    self.ids = ids
    random = SeededNumbers(seed: seed)
  }

  /// Does the next thing: an answer to a bot's newest message, else one of the others.
  package mutating func turn(_ world: inout World, now: World.Time) {
    turns += 1
    if let message = unanswered(in: world) {
      answered = message.id
      world.react("👀", by: ids.carol, to: message.id, in: message.channelID)
      var draft = MessageDraft("Thank you, <@\(message.authorID)>.")
      draft.kind = .reply
      draft.reference = .init(
        messageID: message.id, channelID: message.channelID, guildID: ids.guild)
      world.send(draft, by: ids.bob, in: message.channelID, now: now)
      return
    }
    let speaker = [ids.alice, ids.bob, ids.carol][random.below(3)]
    switch turns % 4 {
    case 0 where comesAndGoes:
      if world.voiceStates[ids.guild]?[speaker] == nil {
        world.joinVoice(speaker, channel: ids.voice)
      } else {
        world.leaveVoice(speaker, guild: ids.guild)
      }
    default:
      let line = Self.lines[random.below(Self.lines.count)]
      world.send(MessageDraft(line), by: speaker, in: ids.general, now: now)
    }
  }

  /// The newest message of a bot that people can see and nobody has answered.
  private func unanswered(in world: World) -> World.Message? {
    [ids.general, ids.announcements, ids.thread].compactMap { channel in
      world.messages[channel]?.last {
        $0.id > answered && world.applications[$0.authorID] != nil && $0.ephemeralFor == nil
      }
    }.max { $0.id < $1.id }
  }
}
