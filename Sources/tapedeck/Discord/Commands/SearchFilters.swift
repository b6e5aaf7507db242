internal import ArgumentParser
internal import DiscordREST

/// The filters of Discord's search; all that are given must fit.
struct SearchFilters: ParsableArguments {
  enum Sort: String, ExpressibleByArgument, CaseIterable {
    case newest, oldest, relevance
  }

  @Option(
    name: .customLong("author"), parsing: .singleValue,
    help: ArgumentHelp("Only from this user; may be given several times.", valueName: "user"))
  var authors: [String] = []

  @Option(
    name: .customLong("mentions"), parsing: .singleValue,
    help: ArgumentHelp(
      "Only those that mention this user; may be given several times.", valueName: "user"))
  var mentions: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      """
      Only those with: image, video, sound, file, sticker, embed, link, poll, snapshot; -image and \
      so on for those without. May be given several times.
      """, valueName: "what"))
  var has: [String] = []

  @Option(help: ArgumentHelp("Only older ones than this id, URL or date.", valueName: "message"))
  var before: String?

  @Option(help: ArgumentHelp("Only newer ones than this id, URL or date.", valueName: "message"))
  var after: String?

  @Flag(inversion: .prefixedNo, help: "Only pinned ones, or only others.")
  var pinned: Bool?

  @Option(help: "newest, oldest or relevance first.")
  var sort = Sort.newest

  @Flag(
    inversion: .prefixedNo,
    help: "Also in threads; by default where no channel is given.")
  var threads: Bool?

  private static let kinds = [
    "image", "video", "sound", "file", "sticker", "embed", "link", "poll", "snapshot",
  ]

  func validate() throws {
    for what in has
    where !Self.kinds.contains(what.hasPrefix("-") ? String(what.dropFirst()) : what) {
      throw ValidationError("--has takes one of: \(Self.kinds.joined(separator: ", "))")
    }
  }

  var isEmpty: Bool {
    authors.isEmpty && mentions.isEmpty && has.isEmpty && before == nil && after == nil
      && pinned == nil
  }

  func query(
    _ text: String?, channel: TargetResolver.Channel?, guild: String,
    _ resolver: TargetResolver
  ) async throws -> SearchQuery {
    var query = SearchQuery(text)
    for author in authors { query.authors.append(try await resolver.user(author, guild: guild)) }
    for user in mentions { query.mentions.append(try await resolver.user(user, guild: guild)) }
    query.channels = channel.flatMap { ID<Channel>($0.id) }.map { [$0] } ?? []
    query.has = has.map(SearchQuery.Has.init)
    query.before = try before.flatMap { Snowflake(try MessageBound.id($0)) }.map { .snowflake($0) }
    query.after = try after.flatMap { Snowflake(try MessageBound.id($0)) }.map { .snowflake($0) }
    query.isPinned = pinned
    query.threads = threads.map { $0 ? .included : .excluded } ?? .automatic
    query.order =
      switch sort {
      case .newest: .newestFirst
      case .oldest: .oldestFirst
      case .relevance: .relevance
      }
    return query
  }
}
