internal import ArgumentParser
internal import DiscordREST
internal import JSONValues

/// `tapedeck discord tree`.
struct DiscordTreeCommand: DiscordSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "tree",
    abstract: "Show a guild's channels by category, with their active threads.",
    discussion: "With --json: the guild as Discord sent it, with `channels` and `threads`.")

  @OptionGroup var place: GuildOption
  @OptionGroup var discord: DiscordOptions

  func perform(_ session: DiscordSession) async throws {
    let resolver = session.resolver
    let guild = try await resolver.guild(place.guild)
    var object = try await session.client.request(.get, "/guilds/\(guild.id)")
    let channels = try await resolver.channels(of: guild.id)
    let threads = try await resolver.threads(of: guild.id)
    object["channels"] = .array(channels)
    object["threads"] = .array(threads)
    session.output.result(
      object,
      ["\(Terminal.escaped(guild.name)) (\(guild.id))"]
        + ChannelTree.lines(channels + threads, below: nil, indent: ""))
  }
}

/// Channels below their categories, threads below their channels.
enum ChannelTree {
  static func lines(_ all: [JSONValue], below parent: String?, indent: String) -> [String] {
    let ids = Set(all.compactMap { $0["id"]?.string })
    let children = all.filter { channel in
      // A channel whose category the bot cannot see is shown at the top.
      let own = channel["parent_id"]?.string.flatMap { ids.contains($0) ? $0 : nil }
      return own == parent && channel["id"]?.string != parent
    }
    return children.enumerated().flatMap { index, channel in
      let isLast = index == children.count - 1
      let id = channel["id"]?.string ?? "?"
      let kind = ChannelKind.name(channel["type"]?.integer)
      let name = Terminal.escaped(channel["name"]?.string ?? "?")
      // No channel lies deeper than a thread in a channel in a category.
      let deeper =
        indent.count >= 9
        ? [] : lines(all, below: id, indent: indent + (isLast ? "   " : "|  "))
      return ["\(indent)\(isLast ? "`" : "|")- \(name) (\(kind), \(id))"] + deeper
    }
  }
}
