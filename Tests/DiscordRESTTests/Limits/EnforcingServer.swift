internal import DiscordREST

/// Discord's side of the rate limits, written from its documentation and from nothing of ours: fixed
/// windows per bucket and top-level resource that begin with their first request, and so many
/// requests in any second over all routes.
struct EnforcingServer {
  /// The limit of a bucket.
  struct Rule {
    var bucket: String
    var limit: Int
    var window: Duration
  }

  struct Window {
    var used = 0
    var end: Duration
  }

  /// How often each kind of refusal was given, and when the last was.
  struct Refusals {
    var bucket = 0
    var global = 0
    var last: Duration = .zero
  }

  private var windows: [String: Window] = [:]
  private var recent: [Duration] = []
  private var oldest = 0
  private(set) var refusals = Refusals()
  private(set) var served = 0

  /// Answers a request.
  mutating func answer(
    rule: Rule?, resource: String, isGlobal: Bool, at now: Duration
  ) -> HTTPResponseDescription {
    if isGlobal {
      // Any second, not only those of a clock: the strictest reading.
      while oldest < recent.count, recent[oldest] <= now - .seconds(1) { oldest += 1 }
      if recent.count - oldest >= 50 {
        refusals.global += 1
        refusals.last = now
        return refusal(after: recent[oldest] + .seconds(1) - now, scope: "global", headers: [])
      }
      recent.append(now)
    }
    guard let rule else {
      served += 1
      return HTTPResponseDescription(status: 200, body: Array("{}".utf8))
    }
    let key = rule.bucket + "/" + resource
    var window = windows[key] ?? Window(end: now + rule.window)
    if window.end <= now { window = Window(end: now + rule.window) }
    let isRefused = window.used >= rule.limit
    if !isRefused { window.used += 1 }
    windows[key] = window
    let headers = [
      (name: "X-RateLimit-Bucket", value: rule.bucket),
      (name: "x-ratelimit-limit", value: "\(rule.limit)"),
      (name: "X-RateLimit-Remaining", value: "\(rule.limit - window.used)"),
      (name: "X-RateLimit-Reset-After", value: Self.seconds(window.end - now)),
    ]
    if isRefused {
      refusals.bucket += 1
      refusals.last = now
      return refusal(after: window.end - now, scope: "user", headers: headers)
    }
    served += 1
    return HTTPResponseDescription(status: 200, headers: headers, body: Array("{}".utf8))
  }

  private func refusal(
    after wait: Duration, scope: String, headers: [(name: String, value: String)]
  ) -> HTTPResponseDescription {
    let exact = Self.seconds(wait)
    let body =
      #"{"message":"You are being rate limited.","retry_after":\#(exact),"global":\#(scope == "global")}"#
    return HTTPResponseDescription(
      status: 429,
      headers: headers + [
        (name: "X-RateLimit-Scope", value: scope),
        (name: "Retry-After", value: "\(wait.components.seconds + 1)"),
      ], body: Array(body.utf8))
  }

  /// With three decimals, rounded down, as the worst that a server could do.
  private static func seconds(_ duration: Duration) -> String {
    let milliseconds = duration / .milliseconds(1)
    let whole = Int(milliseconds)
    let thousandths = whole % 1000
    return "\(whole / 1000)."
      + String(repeating: "0", count: thousandths < 10 ? 2 : thousandths < 100 ? 1 : 0)
      + "\(thousandths)"
  }
}
