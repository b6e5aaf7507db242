internal import DiscordREST
internal import JSONValues

/// The messages of a channel, more than the hundred that Discord gives at once.
struct MessagePages {
  var client: DiscordClient
  var channel: String

  /// The newest before a bound, or the oldest after one; the oldest first in any case.
  func messages(
    limit: Int, before: String?, after: String?, around: String?
  ) async throws -> [JSONValue] {
    var messages: [JSONValue] = []
    var (before, after) = (before, after)
    while messages.count < limit {
      let size = min(100, limit - messages.count)
      // The newest first, whatever was asked for.
      let page =
        try await client.request(
          .get, "/channels/\(channel)/messages",
          query: [
            "limit": "\(size)", "before": before, "after": after, "around": around,
          ]
        ).array ?? []
      let inOrder = page.sorted(by: Self.isOlder)
      if after == nil {
        messages = inOrder + messages
        before = inOrder.first?["id"]?.string
      } else {
        messages += inOrder
        after = inOrder.last?["id"]?.string
      }
      if page.count < size || page.isEmpty || around != nil { break }
    }
    return messages
  }

  private static func isOlder(_ left: JSONValue, _ right: JSONValue) -> Bool {
    let ids = [left, right].map { $0["id"]?.string.flatMap { UInt64($0) } ?? 0 }
    return ids[0] < ids[1]
  }
}
