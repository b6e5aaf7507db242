internal import DiscordREST
internal import JSONValues
internal import Synchronization

extension Bot {
  /// The commands to register by path; nil before the bot is connected.
  func wantedRegistration() -> [String: [JSONValue]]? {
    let (application, commands) = state.withLock { ($0.application, $0.router.commands) }
    guard let application else { return nil }
    let place = configuration.slashCommands
    let wanted = commands.values.sorted { $0.name < $1.name }.map {
      CommandRegistration.json(of: $0, global: place == .everywhere)
    }
    return Dictionary(
      place.paths(application: application).map { ($0, wanted) }, uniquingKeysWith: { $1 })
  }
}

extension BotConfiguration.SlashCommands {
  /// Where such commands are listed and overwritten.
  func paths(application: ID<Application>) -> [String] {
    switch self {
    case .everywhere: ["/applications/\(application)/commands"]
    case .guilds(let guilds): guilds.map { "/applications/\(application)/guilds/\($0)/commands" }
    case .off: []
    }
  }
}

/// The application's commands over the API.
struct RESTCommandDirectory: CommandRegistrar.Directory {
  let client: DiscordClient

  func commands(at path: String) async throws -> [JSONValue] {
    // With localizations, or those that somebody else registered would stay unseen.
    let list = try await client.request(.get, path, query: ["with_localizations": "true"])
    return list.array ?? []
  }

  func overwrite(_ commands: JSONValue, at path: String) async throws {
    _ = try await client.request(.put, path, json: commands)
  }
}
