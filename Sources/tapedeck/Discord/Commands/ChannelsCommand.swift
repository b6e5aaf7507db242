internal import ArgumentParser
internal import JSONValues

/// `tapedeck discord channels`.
struct DiscordChannelsCommand: DiscordSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "channels", abstract: "List the channels of a guild.")

  @OptionGroup var place: GuildOption

  @Option(
    help: ArgumentHelp(
      "Only channels of this kind: text, voice, stage, category, announcement, forum, media, "
        + "thread.", valueName: "kind"))
  var type: String?

  @Flag(help: "Active threads too.")
  var threads = false

  @OptionGroup var discord: DiscordOptions

  private static let kinds = [
    "text", "voice", "stage", "category", "announcement", "forum", "media", "thread",
  ]

  func validate() throws {
    if let type, !Self.kinds.contains(type) {
      throw ValidationError("--type is one of: \(Self.kinds.joined(separator: ", "))")
    }
  }

  func perform(_ session: DiscordSession) async throws {
    let guild = try await session.resolver.guild(place.guild)
    let all = try await session.resolver.channels(of: guild.id)
    var shown = all
    if threads || type == "thread" {
      shown += try await session.resolver.threads(of: guild.id)
    }
    if let type { shown = shown.filter { ChannelKind.name($0["type"]?.integer) == type } }
    let names = Dictionary(
      all.compactMap { channel in
        channel["id"]?.string.map { ($0, channel["name"]?.string ?? "") }
      }, uniquingKeysWith: { first, _ in first })
    session.output.list(shown, none: "there is no such channel that the bot can see") {
      ColumnTable(
        [
          .init(title: "ID"), .init(title: "KIND"), .init(title: "IN", isFlexible: true),
          .init(title: "NAME", isFlexible: true), .init(title: "TOPIC", isFlexible: true),
        ],
        rows: shown.map { channel in
          [
            channel["id"]?.string ?? "", ChannelKind.name(channel["type"]?.integer),
            channel["parent_id"]?.string.flatMap { names[$0] } ?? "",
            channel["name"]?.string ?? "", channel["topic"]?.string ?? "",
          ]
        })
    }
  }
}
