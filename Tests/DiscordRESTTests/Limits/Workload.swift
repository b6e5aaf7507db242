internal import DiscordREST

/// Calls to be made, and the least time that Discord's limits allow them to take.
struct Workload {
  /// A call, and the limit that it meets.
  struct Call {
    var method: DiscordMethod
    var path: String
    var rule: EnforcingServer.Rule?
    var resource: String
    var isGlobal = true
  }

  var calls: [Call] = []

  private static let messages = EnforcingServer.Rule(
    bucket: "messages", limit: 5, window: .seconds(5))
  private static let history = EnforcingServer.Rule(
    bucket: "history", limit: 10, window: .seconds(2))
  private static let reactions = EnforcingServer.Rule(
    bucket: "reactions", limit: 1, window: .milliseconds(250))
  private static let guild = EnforcingServer.Rule(
    bucket: "guild", limit: 10, window: .seconds(10))
  private static let webhook = EnforcingServer.Rule(
    bucket: "webhook", limit: 5, window: .seconds(2))

  /// `count` calls over many routes, of which several share their buckets.
  ///
  /// - Parameter channels: How many channels the calls go to: few make the buckets the narrow
  ///   place, many the global limit.
  init(count: Int, channels: Int, random: inout some RandomNumberGenerator) {
    for _ in 0..<count {
      let channel = "channels/\(1000 + Int.random(in: 0..<channels, using: &random))"
      let guild = "guilds/\(10 + Int.random(in: 0..<max(channels / 4, 1), using: &random))"
      let user = Int.random(in: 1...1000, using: &random)
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<8: add(.post, channel, "/messages", Self.messages)
      case 8..<11: add(.get, channel, "/messages", Self.history)
      // One bucket for three routes.
      case 11: add(.put, channel, "/messages/\(user)/reactions/%F0%9F%91%8D/@me", Self.reactions)
      case 12: add(.delete, channel, "/messages/\(user)/reactions/%F0%9F%91%8D/@me", Self.reactions)
      case 13: add(.delete, channel, "/messages/\(user)/reactions/a:5/\(user)", Self.reactions)
      // And one for two routes of a guild.
      case 14: add(.get, guild, "/members/\(user)", Self.guild)
      case 15: add(.patch, guild, "/members/\(user)", Self.guild)
      case 16..<19: calls.append(Call(method: .get, path: "/users/\(user)", resource: ""))
      default:
        let hook = "webhooks/\(100 + user % max(channels, 1))/token\(user % max(channels, 1))"
        calls.append(
          Call(
            method: .post, path: "/" + hook, rule: Self.webhook, resource: hook, isGlobal: false))
      }
    }
  }

  private mutating func add(
    _ method: DiscordMethod, _ resource: String, _ rest: String, _ rule: EnforcingServer.Rule
  ) {
    calls.append(
      Call(method: method, path: "/" + resource + rest, rule: rule, resource: resource))
  }

  /// The least time for those of the calls that were served: no schedule at all can be faster.
  ///
  /// A window takes `limit` requests at its beginning, so `n` need `⌈n / limit⌉ - 1` whole windows
  /// before the last can be made, and that one takes a round trip.
  static func ideal(_ calls: [Call], roundTrip: Duration) -> Duration {
    func least(_ count: Int, _ limit: Int, _ window: Duration) -> Duration {
      count == 0 ? .zero : window * ((count + limit - 1) / limit - 1)
    }
    var counts: [String: (Int, EnforcingServer.Rule)] = [:]
    for call in calls {
      guard let rule = call.rule else { continue }
      counts[rule.bucket + "/" + call.resource, default: (0, rule)].0 += 1
    }
    let global = least(calls.count { $0.isGlobal }, 50, .seconds(1))
    let bucket = counts.values.map { least($0.0, $0.1.limit, $0.1.window) }.max() ?? .zero
    return max(global, bucket) + roundTrip
  }
}
