/// The bucket that a call counts in.
///
/// Discord documents that routes share buckets and that the channel, the guild, and the webhook
/// with its token divide them; it does not document the figures, which its answers tell. The
/// figures here are such as its answers have shown.
struct RateLimitRoute: Sendable {
  /// So many requests in so long a time.
  struct Rule: Sendable {
    var count: Int
    var milliseconds: World.Time
  }

  /// The name of the bucket: the method, where it divides, and the path's pattern.
  let bucket: String
  /// What divides the bucket.
  let major: String
  /// Whether the limit of 50 a second does not count: interactions and webhooks with tokens.
  let isExemptFromGlobal: Bool

  init(method: String, path: String) {
    let plain = path.prefix { $0 != "?" }
    var parts = plain.split(separator: "/").map(String.init)
    var major = ""
    if let first = parts.first, parts.count > 1 {
      switch first {
      case "channels", "guilds": major = parts[1]
      case "webhooks": major = parts.count > 2 ? "\(parts[1])/\(parts[2])" : parts[1]
      case "interactions": major = parts.count > 2 ? parts[1] : ""
      default: break
      }
    }
    isExemptFromGlobal =
      parts.first == "interactions" || (parts.first == "webhooks" && parts.count > 2)
    for index in parts.indices {
      let previous = index > 0 ? parts[index - 1] : ""
      let isToken =
        index == 2 && (parts[0] == "webhooks" || parts[0] == "interactions")
        || previous == "invites"
      let isEmoji = previous == "reactions"
      if isToken || isEmoji || parts[index].allSatisfy(\.isNumber) { parts[index] = "{}" }
    }
    // All ways to add and take reactions are one bucket.
    if parts.count > 4, parts[0] == "channels", parts[4] == "reactions", method != "GET" {
      parts = ["channels", "{}", "messages", "{}", "reactions"]
      bucket = "REACTION /" + parts.joined(separator: "/")
    } else {
      bucket = "\(method) /" + parts.joined(separator: "/")
    }
    self.major = major
  }

  /// What the header `X-RateLimit-Bucket` says: opaque, equal for equal buckets.
  var bucketHash: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bucket.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The limit for one account.
  func rule(_ strictness: RateLimitRules.Strictness) -> Rule {
    var rule = realRule
    if strictness == .tight { rule.count = max(1, rule.count / 5) }
    return rule
  }

  private var realRule: Rule {
    switch bucket {
    case "POST /channels/{}/messages": Rule(count: 5, milliseconds: 5000)
    case "PATCH /channels/{}/messages/{}": Rule(count: 5, milliseconds: 5000)
    case "DELETE /channels/{}/messages/{}": Rule(count: 5, milliseconds: 1000)
    case "POST /channels/{}/messages/bulk-delete": Rule(count: 1, milliseconds: 3000)
    case "REACTION /channels/{}/messages/{}/reactions": Rule(count: 1, milliseconds: 250)
    case "POST /channels/{}/typing": Rule(count: 5, milliseconds: 5000)
    case "PATCH /channels/{}": Rule(count: 5, milliseconds: 15_000)
    case "POST /webhooks/{}/{}": Rule(count: 5, milliseconds: 2000)
    case "GET /guilds/{}/members": Rule(count: 10, milliseconds: 10_000)
    case "GET /guilds/{}/members/search": Rule(count: 10, milliseconds: 10_000)
    case "GET /guilds/{}/messages/search": Rule(count: 20, milliseconds: 10_000)
    case "POST /users/@me/channels": Rule(count: 10, milliseconds: 10_000)
    case "GET /users/@me/guilds": Rule(count: 1, milliseconds: 1000)
    case "PATCH /guilds/{}/members/@me": Rule(count: 2, milliseconds: 10_000)
    case "POST /channels/{}/messages/{}/threads", "POST /channels/{}/threads":
      Rule(count: 50, milliseconds: 300_000)
    default:
      bucket.hasPrefix("GET ")
        ? Rule(count: 20, milliseconds: 5000) : Rule(count: 5, milliseconds: 5000)
    }
  }

  /// The limit that all accounts share on one resource.
  func sharedRule(_ strictness: RateLimitRules.Strictness) -> Rule? {
    guard bucket.hasPrefix("REACTION ") else { return nil }
    return Rule(count: strictness == .tight ? 3 : 20, milliseconds: 5000)
  }
}
