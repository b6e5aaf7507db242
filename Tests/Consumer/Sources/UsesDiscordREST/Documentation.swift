import DiscordREST
import Foundation
import JSONValues

// What the documentation shows, compiled by somebody else; never called.

func overview(token: String) async throws {
  let client = DiscordClient(credential: try DiscordCredential(botToken: token))
  let guild = try await client.guild(.id(123))
  for channel in try await guild.channels() where channel.isText {
    print(channel.name, try await channel.messages(limit: 1).first?.content ?? "")
  }
}

func collect(_ words: String, from client: DiscordClient, guild: ID<Guild>) async throws {
  let guild = try await client.guild(guild)
  let lastMonth = SearchBound.date(Date(timeIntervalSinceNow: -30 * 86_400))
  let query = SearchQuery(words, after: lastMonth, order: .oldestFirst)
  for try await found in guild.searchAll(query, limit: 100) {
    print("##", found.url)
    for message in try await found.around(limit: 5) {
      print(message.timestamp, message.authorName, message.content)
      for attachment in message.attachments where attachment.size < 10 << 20 {
        print("  ->", try await attachment.save(to: "attachments"))
      }
    }
  }
}

func readAll(_ guild: Guild) async throws {
  for channel in try await guild.channels() where channel.isText {
    do {
      print(channel.name, try await channel.messages(limit: nil).count)
    } catch let error as DiscordError where error.kind == .forbidden {
      print(channel.name, "cannot be read:", error.hint ?? error.message)
    }
  }
}

func describe(_ error: DiscordError) -> String {
  var text = error.hint ?? error.message
  for field in error.errors { text += "\n\(field.path): \(field.message)" }
  return text
}

func names(in text: String) throws -> [String] {
  let json = try JSONValue(parsing: text)
  var names: [String] = []
  for user in json["users"]?.array ?? [] {
    names.append(user["global_name"]?.string ?? user["username"]?.string ?? "unnamed")
  }
  return names
}
