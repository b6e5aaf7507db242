/// What the path of a call says about its limits and its secrets.
///
/// Source: Discord's documentation, "Rate Limits": limits are per route and per top-level resource
/// (channel, guild, webhook with its token).
package struct APIRoute: Hashable, Sendable {
  /// The call with ids replaced, such as `GET /channels/{id}/messages`.
  package let template: String
  /// The top-level resource, such as `channels/123`; empty if there is none.
  package let resource: String
  /// The call for people: ids stay, tokens do not.
  package let name: String
  /// Whether a token in the path is what permits the call, so that the bot's is not sent.
  ///
  /// Such calls (webhooks with a token, interactions) are not under the bot's global limit either.
  package let carriesToken: Bool
  /// Whether it makes a message in a channel: such a call can be made safe to repeat by a nonce.
  package let createsMessage: Bool

  /// Reads a path.
  ///
  /// - Parameters:
  ///   - path: Without the base URL and the query.
  ///   - milliseconds: The time of day since 1970, which old messages are told by.
  package init(_ method: DiscordMethod, _ path: String, milliseconds: UInt64 = 0) {
    let parts = path.split(separator: "/").map(String.init)
    var template = method.rawValue + " "
    var name = template
    for (index, part) in parts.enumerated() {
      let secret = Self.isSecret(parts, index)
      name += "/" + (secret ? "{token}" : DisplayText.sanitized(part, limit: 100))
      template += "/" + (secret ? "{token}" : Self.isName(parts, index) ? part : "{id}")
    }
    // Old messages are deleted from a bucket of their own.
    if method == .delete, parts.count == 4, parts[2] == "messages", let id = Snowflake(parts[3]),
      milliseconds > Self.oldMessage, id < Snowflake(milliseconds: milliseconds - Self.oldMessage)
    {
      template += " (old)"
    }
    self.template = template
    self.name = name
    resource = Self.resource(parts)
    carriesToken = parts.indices.contains { Self.isSecret(parts, $0) && $0 == 2 }
    createsMessage =
      method == .post && parts.count == 3 && parts[0] == "channels" && parts[2] == "messages"
  }

  /// 14 days.
  private static let oldMessage: UInt64 = 14 * 86_400_000

  /// Whether a part is a token: the third of webhooks and interactions, or whatever is as long.
  private static func isSecret(_ parts: [String], _ index: Int) -> Bool {
    if index == 2, parts[0] == "webhooks" || parts[0] == "interactions" { return true }
    // Ids, emoji and invites are shorter; names of emoji have at most 32 characters with their id.
    return parts[index].utf8.count > 120
  }

  /// Whether a part belongs to the route's name, and is nobody's id, code or emoji.
  private static func isName(_ parts: [String], _ index: Int) -> Bool {
    let part = parts[index]
    if part.hasPrefix("@") || part == "oauth2" { return true }
    if index > 0, ["reactions", "invites", "templates"].contains(parts[index - 1]) { return false }
    return !part.isEmpty && part.utf8.count <= 40
      && part.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      }
  }

  private static func resource(_ parts: [String]) -> String {
    guard parts.count >= 2 else { return "" }
    switch parts[0] {
    case "channels", "guilds": return parts[0] + "/" + parts[1]
    case "webhooks", "interactions":
      // The token itself is not kept where it could be printed.
      return parts[0] + "/" + parts[1] + (parts.count > 2 ? "/\(parts[2].hashValue)" : "")
    default: return ""
    }
  }
}

extension Snowflake {
  /// The lowest id of a millisecond since 1970.
  init(milliseconds: UInt64) {
    let since2015 = milliseconds > 1_420_070_400_000 ? milliseconds - 1_420_070_400_000 : 0
    self.init(since2015 < 1 << 42 ? since2015 << 22 : .max)
  }
}
