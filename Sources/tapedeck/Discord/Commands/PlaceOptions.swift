internal import ArgumentParser

/// `--guild`.
struct GuildOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The guild (server): id, name or URL. May be left out if the bot is in one only.",
      valueName: "guild"))
  var guild: String?
}

/// `--channel` and `--guild`.
struct ChannelOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("The channel or thread: id, name or URL.", valueName: "channel"))
  var channel: String

  @OptionGroup var place: GuildOption

  func resolve(_ session: DiscordSession) async throws -> TargetResolver.Channel {
    try await session.resolver.channel(channel, guild: place.guild)
  }
}

extension DiscordSession {
  var resolver: TargetResolver { TargetResolver(client: client) }
}
