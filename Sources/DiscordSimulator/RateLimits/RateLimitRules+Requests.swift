internal import JSONValues

extension RateLimitRules {
  /// Counts a request and tells whether it is let through.
  ///
  /// - Parameters:
  ///   - method: the method, in capitals.
  ///   - path: the path below the version, such as `/channels/1/messages`; a query is ignored.
  ///   - account: whose limits count: the token, or the address for calls without one.
  ///   - now: the time.
  package mutating func request(
    method: String, path: String, account: String, now: World.Time
  ) -> Verdict {
    guard strictness != .off else { return Verdict() }
    if let end = bannedUntil {
      if now < end { return Verdict(rejection: .banned(secondsLeft: seconds(end - now))) }
      bannedUntil = nil
      invalid = nil
    }
    let route = RateLimitRoute(method: method, path: path)
    if !route.isExemptFromGlobal, let wait = takeGlobal(account, now) {
      return refuse(wait: wait, scope: "global", headers: [])
    }
    let rule = route.rule(strictness)
    let key = "\(route.bucket) \(route.major) \(account)"
    var window = windows[key] ?? Window(endsAt: now + rule.milliseconds)
    if now >= window.endsAt { window = Window(endsAt: now + rule.milliseconds) }
    guard window.used < rule.count else {
      let headers = headers(rule, window, route, now)
      return refuse(wait: window.endsAt - now, scope: "user", headers: headers)
    }
    window.used += 1
    windows[key] = window
    if windows.count > windowsBeforeCleaning { forgetEndedWindows(now) }
    if let shared = route.sharedRule(strictness) {
      if let wait = takeShared(route, shared, now) {
        return refuse(wait: wait, scope: "shared", headers: headers(rule, window, route, now))
      }
    }
    return Verdict(headers: headers(rule, window, route, now))
  }

  private mutating func forgetEndedWindows(_ now: World.Time) {
    windows = windows.filter { now < $1.endsAt }
    globalWindows = globalWindows.filter { now < $1.endsAt }
    sharedWindows = sharedWindows.filter { now < $1.endsAt }
    windowsBeforeCleaning = max(4096, windows.count * 2)
  }

  /// Counts an answer that Discord takes for an invalid request: 401 and 403.
  package mutating func answered(status: Int, now: World.Time) {
    if strictness != .off, status == 401 || status == 403 { countInvalid(now) }
  }

  /// Nil when there is room, else the milliseconds until there is.
  private mutating func takeGlobal(_ account: String, _ now: World.Time) -> World.Time? {
    var window = globalWindows[account] ?? Window(endsAt: now + 1000)
    if now >= window.endsAt { window = Window(endsAt: now + 1000) }
    guard window.used < globalLimit else { return window.endsAt - now }
    window.used += 1
    globalWindows[account] = window
    return nil
  }

  private mutating func takeShared(
    _ route: RateLimitRoute, _ rule: RateLimitRoute.Rule, _ now: World.Time
  ) -> World.Time? {
    let key = "\(route.bucket) \(route.major)"
    var window = sharedWindows[key] ?? Window(endsAt: now + rule.milliseconds)
    if now >= window.endsAt { window = Window(endsAt: now + rule.milliseconds) }
    guard window.used < rule.count else { return window.endsAt - now }
    window.used += 1
    sharedWindows[key] = window
    return nil
  }

  private mutating func refuse(
    wait: World.Time, scope: String, headers: [(name: String, value: String)]
  ) -> Verdict {
    refusals += 1
    return Verdict(rejection: .rateLimited(milliseconds: wait, scope: scope, headers: headers))
  }

  /// Counts a 429 that was sent; the shared scope is no fault of the caller and is not counted.
  package mutating func refused(_ response: SimulatedResponse, now: World.Time) {
    if response.header("X-RateLimit-Scope") != "shared" { countInvalid(now) }
  }

  private mutating func countInvalid(_ now: World.Time) {
    let length: World.Time = 600_000
    var window = invalid ?? Window(endsAt: now + length)
    if now >= window.endsAt { window = Window(endsAt: now + length) }
    window.used += 1
    invalid = window
    if window.used >= invalidLimit { bannedUntil = window.endsAt }
  }

  private func headers(
    _ rule: RateLimitRoute.Rule, _ window: Window, _ route: RateLimitRoute, _ now: World.Time
  ) -> [(name: String, value: String)] {
    [
      ("X-RateLimit-Limit", "\(rule.count)"),
      ("X-RateLimit-Remaining", "\(max(0, rule.count - window.used))"),
      ("X-RateLimit-Reset", decimal(window.endsAt)),
      ("X-RateLimit-Reset-After", decimal(max(0, window.endsAt - now))),
      ("X-RateLimit-Bucket", route.bucketHash),
    ]
  }

  private func seconds(_ milliseconds: World.Time) -> World.Time { (milliseconds + 999) / 1000 }
}

/// Milliseconds as seconds with three decimals.
func decimal(_ milliseconds: World.Time) -> String {
  let fraction = String(1000 + milliseconds % 1000).dropFirst()
  return "\(milliseconds / 1000).\(fraction)"
}

extension SimulatedResponse {
  /// 429, as Discord's API sends it.
  static func rateLimited(
    milliseconds: World.Time, scope: String, headers: [(name: String, value: String)]
  ) -> SimulatedResponse {
    let isGlobal = scope == "global"
    var response = SimulatedResponse.json(
      .object([
        "message": .string(
          scope == "shared"
            ? "The resource is being rate limited." : "You are being rate limited."),
        "retry_after": .number(Double(milliseconds) / 1000), "global": .bool(isGlobal),
      ]), status: 429)
    response.headers += headers
    // The header is in whole seconds; the body has the fraction.
    response.headers.append(("Retry-After", "\((milliseconds + 999) / 1000)"))
    response.headers.append(("X-RateLimit-Scope", scope))
    if isGlobal { response.headers.append(("X-RateLimit-Global", "true")) }
    response.headers.append(("Via", "1.1 google"))
    return response
  }

  /// 429 of the proxy in front of Discord, for addresses that sent too many invalid requests.
  static func banned(secondsLeft: World.Time) -> SimulatedResponse {
    var response = SimulatedResponse.html(
      """
      <!doctype html><html lang="en"><head><title>Access denied | discord.com used Cloudflare to \
      restrict access</title></head><body><h1>Error 1015</h1><p>You are being rate limited</p>\
      </body></html>
      """, status: 429)
    response.headers.append(("Retry-After", "\(secondsLeft)"))
    response.headers.append(("Server", "cloudflare"))
    return response
  }
}
