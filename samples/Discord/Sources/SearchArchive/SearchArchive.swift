// Writes every message of a server that contains some words, one JSON object a line.
//
//     DISCORD_BOT_TOKEN=… swift run SearchArchive GUILD_ID WORDS > archive.jsonl
import DiscordREST
import Foundation
import JSONValues

@main enum SearchArchive {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let guild = ID<Guild>(arguments[1]) else {
      print("usage: SearchArchive GUILD_ID WORDS")
      exit(64)
    }
    let environment = ProcessInfo.processInfo.environment
    var configuration = DiscordClient.Configuration()
    // The simulator, for instance.
    if let base = environment["DISCORD_API_BASE"] { configuration.baseURL = base }
    let client = DiscordClient(
      credential: try .load(environment: environment), configuration: configuration)

    let query = SearchQuery(arguments[2])
    for try await message in client.searchAll(query, in: guild, limit: nil) {
      print(message.json.text())
    }
  }
}
