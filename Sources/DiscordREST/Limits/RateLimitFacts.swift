internal import JSONValues

/// What an answer says of rate limits.
///
/// Source: Discord's documentation, "Rate Limits", "Header Format".
package struct RateLimitFacts: Hashable, Sendable {
  /// The answer's HTTP status.
  package var status: Int
  /// The bucket's name, without the top-level resource.
  package var bucket: String?
  /// How many requests the bucket takes in its window.
  package var limit: Int?
  /// How many are left.
  package var remaining: Int?
  /// When the window ends, from now.
  package var resetAfter: Duration?
  /// How long to wait: the body's fractions if there are any, else the header's seconds.
  package var retryAfter: Duration?
  /// Whether the limit is the bot's as a whole.
  package var isGlobal = false
  /// Whether the limit is everyone's on that resource, so that it does not count as our fault.
  package var isShared = false
  /// Whether a 429 comes from Discord itself, not from the network in front of it.
  package var isDiscords = true
  /// Whether the call was made with the client's own token.
  package var isAuthenticated = true

  package init(status: Int) { self.status = status }

  /// Reads an answer; whatever is not a sensible number is left out.
  package init(_ response: HTTPResponseDescription) {
    status = response.status
    bucket = response.header("X-RateLimit-Bucket").flatMap { $0.utf8.count <= 200 ? $0 : nil }
    limit = Self.count(response.header("X-RateLimit-Limit"))
    remaining = Self.count(response.header("X-RateLimit-Remaining"))
    resetAfter = Self.seconds(response.header("X-RateLimit-Reset-After").flatMap(Double.init))
    retryAfter = Self.seconds(response.header("Retry-After").flatMap(Double.init))
    let scope = response.header("X-RateLimit-Scope")
    isGlobal = response.header("X-RateLimit-Global") != nil || scope == "global"
    isShared = scope == "shared"
    guard status == 429 else { return }
    let json = try? JSONValue(parsing: response.body, maximumDepth: 8, maximumBytes: 1 << 20)
    isDiscords = json?.object != nil
    isGlobal = isGlobal || json?["global"]?.bool == true
    if let exact = Self.seconds(json?["retry_after"]?.number) { retryAfter = exact }
  }

  /// A day: no limit of Discord lasts longer, and no arithmetic overflows.
  private static let longest = 86_400.0

  private static func seconds(_ value: Double?) -> Duration? {
    guard let value, value.isFinite else { return nil }
    // To the microsecond: `Duration.seconds` of a fraction is a hair beside it.
    return .microseconds(Int64((min(max(value, 0), longest) * 1_000_000).rounded()))
  }

  private static func count(_ text: String?) -> Int? {
    guard let text, let value = Int(text), (0...1_000_000).contains(value) else { return nil }
    return value
  }
}
