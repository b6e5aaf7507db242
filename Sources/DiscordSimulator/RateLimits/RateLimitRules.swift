/// Discord's rate limits as Discord enforces them: buckets of routes, the limit of 50 requests a
/// second, the shared limit of reactions and the ban after too many invalid requests.
///
/// Pure: the time is passed in, so that a limiter can be proved against it on a simulated clock.
/// <https://discord.com/developers/docs/topics/rate-limits>
package struct RateLimitRules: Sendable {
  /// How strict the rules are.
  package enum Strictness: String, Sendable, CaseIterable {
    /// No limits and no headers.
    case off
    /// Limits like those that Discord's answers show.
    case real
    /// A fifth of them, so that a test meets them early.
    case tight
  }

  /// What is done with a request.
  package struct Verdict: Sendable {
    /// The answer in place of the real one: 429; nil when the request is let through.
    package var rejection: SimulatedResponse?
    /// The `X-RateLimit-…` headers for the real answer.
    package var headers: [(name: String, value: String)] = []
  }

  struct Window: Sendable {
    var used = 0
    var endsAt: World.Time
  }

  /// How strict the rules are.
  package let strictness: Strictness
  /// Requests a second for each account, over all routes.
  package var globalLimit = 50
  /// Answers of 401, 403 and 429 in ten minutes that lead to a ban.
  package var invalidLimit = 10_000

  var windows: [String: Window] = [:]
  var globalWindows: [String: Window] = [:]
  var sharedWindows: [String: Window] = [:]
  var invalid: Window?
  /// How many windows there may be before those that are over are forgotten.
  var windowsBeforeCleaning = 4096
  var bannedUntil: World.Time?
  /// How many requests were refused so far.
  package internal(set) var refusals = 0

  /// Rules of the given strictness with nothing used yet.
  package init(_ strictness: Strictness = .real) {
    self.strictness = strictness
  }
}
