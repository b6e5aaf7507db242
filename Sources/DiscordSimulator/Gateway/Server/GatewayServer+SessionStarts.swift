package import JSONValues

/// The sessions that one bot has started, for the two limits on it.
/// <https://discord.com/developers/docs/events/gateway#session-start-limit-object>
struct SessionStarts: Sendable {
  var windowStart: Duration
  var used = 0
  /// When a session was last started, by the shard's key.
  var last: [UInt64: Duration] = [:]
}

extension GatewayServer {
  enum SessionStart { case started, tooSoon, exhausted }

  mutating func startSession(of user: UInt64, shard: UInt64, now: Duration) -> SessionStart {
    var starts = startLimits[user] ?? SessionStarts(windowStart: now)
    if now - starts.windowStart >= rules.sessionStartWindow {
      starts = SessionStarts(windowStart: now, last: starts.last)
    }
    defer { startLimits[user] = starts }
    guard starts.used < rules.sessionStartLimit else { return .exhausted }
    let key = shard % UInt64(max(rules.maximumConcurrency, 1))
    if let last = starts.last[key], now - last < rules.identifyWindow { return .tooSoon }
    starts.last[key] = now
    starts.used += 1
    return .started
  }

  /// `session_start_limit` as GET /gateway/bot gives it to this bot.
  package func sessionStartLimit(of user: UInt64, now: Duration) -> JSONValue {
    var used = 0
    var resetAfter: Duration = .zero
    if let starts = startLimits[user], now - starts.windowStart < rules.sessionStartWindow {
      used = starts.used
      resetAfter = rules.sessionStartWindow - (now - starts.windowStart)
    }
    return .object([
      "total": .integer(Int64(rules.sessionStartLimit)),
      "remaining": .integer(Int64(max(rules.sessionStartLimit - used, 0))),
      "reset_after": .integer(resetAfter.wholeMilliseconds),
      "max_concurrency": .integer(Int64(rules.maximumConcurrency)),
    ])
  }
}
