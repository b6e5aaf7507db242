internal import ArgumentParser
internal import DiscordREST
internal import JSONValues

/// `tapedeck discord events`.
struct DiscordEventsCommand: DiscordSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "List the scheduled events of a guild.")

  @OptionGroup var place: GuildOption
  @OptionGroup var discord: DiscordOptions

  private static let states: [Int64: String] = [
    1: "scheduled", 2: "active", 3: "completed", 4: "cancelled",
  ]

  func perform(_ session: DiscordSession) async throws {
    let guild = try await session.resolver.guild(place.guild)
    let events =
      try await session.client.request(
        .get, "/guilds/\(guild.id)/scheduled-events", query: ["with_user_count": "true"]
      ).array ?? []
    let channels = events.isEmpty ? [] : try await session.resolver.channels(of: guild.id)
    session.output.list(events, none: "no event is scheduled") {
      ColumnTable(
        [
          .init(title: "ID"), .init(title: "START"), .init(title: "END"), .init(title: "STATE"),
          .init(title: "NAME", isFlexible: true), .init(title: "WHERE", isFlexible: true),
          .init(title: "PEOPLE", isNumber: true),
        ], rows: events.map { row($0, channels) })
    }
  }

  private func row(_ event: JSONValue, _ channels: [JSONValue]) -> [String] {
    let channel = event["channel_id"]?.string
    let place = channels.first { $0["id"]?.string == channel && channel != nil }
    return [
      event["id"]?.string ?? "", MessageText.time(event["scheduled_start_time"]?.string),
      MessageText.time(event["scheduled_end_time"]?.string),
      event["status"]?.integer.flatMap { Self.states[$0] } ?? "?", event["name"]?.string ?? "",
      place?["name"]?.string.map { "#\($0)" } ?? event["entity_metadata"]?["location"]?.string
        ?? channel ?? "",
      event["user_count"]?.integer.map { "\($0)" } ?? "",
    ]
  }
}
