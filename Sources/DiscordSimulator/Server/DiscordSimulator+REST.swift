internal import NIOConcurrencyHelpers

extension DiscordSimulator {
  /// Answers a call without a socket: faults, rate limits, then the world, as Discord's proxies,
  /// limiter and API follow each other.
  package func outcome(of request: SimulatedRequest) -> Outcome {
    change { state, now in
      let path = World.apiPath(request.path)
      let effect = path.flatMap { state.faults.effect(method: request.method, path: $0) }
      var outcome = state.outcome(of: request, path: path, effect: effect, now: now)
      if case .answer(var response, let delay) = outcome {
        // Doctor and others tell their clock's offset by it.
        response.headers.append(("Date", Timestamp.http(now)))
        outcome = .answer(response, delay: delay)
      }
      state.record(request, path: path, outcome, now: now)
      return outcome
    }
  }
}

extension DiscordSimulator.State {
  fileprivate mutating func outcome(
    of request: SimulatedRequest, path: String?, effect: Fault.Effect?, now: World.Time
  ) -> DiscordSimulator.Outcome {
    switch effect {
    case .status(let status, let body): return .answer(Self.answer(status, body))
    case .rateLimited(let seconds, let global, let json):
      let milliseconds = World.Time(max(0, min(seconds, 1e9)) * 1000)
      let response =
        json
        ? SimulatedResponse.rateLimited(
          milliseconds: milliseconds, scope: global ? "global" : "user", headers: [])
        : .banned(secondsLeft: (milliseconds + 999) / 1000)
      limits.refused(response, now: now)
      return .answer(response)
    case .reset: return .reset
    case .brokenJSON:
      return .answer(
        SimulatedResponse(
          status: 200, headers: [("Content-Type", "application/json")],
          body: Array("{\"id\": \"1\", ".utf8)))
    case .wrongJSON(let value): return .answer(.json(value))
    case .slow(let delay): return .answer(answer(request, path, now), delay: delay)
    case .resetAfterEffect:
      _ = answer(request, path, now)
      return .reset
    case .truncated(let count):
      var response = answer(request, path, now)
      response.truncatedAfter = min(count, max(0, response.body.count - 1))
      return .answer(response)
    case nil: return .answer(answer(request, path, now))
    }
  }

  /// The right answer, under the rate limits; files of the CDN have none.
  private mutating func answer(
    _ request: SimulatedRequest, _ path: String?, _ now: World.Time
  ) -> SimulatedResponse {
    guard let path else { return world.handle(request, now: now) }
    // Where the token is in the path, it alone says whose limits count.
    let isByToken = RateLimitRoute(method: request.method, path: path).isExemptFromGlobal
    let account = isByToken ? "" : request.header("Authorization") ?? ""
    let verdict = limits.request(
      method: request.method, path: path, account: account, now: now)
    if let rejection = verdict.rejection {
      limits.refused(rejection, now: now)
      return rejection
    }
    var response = world.handle(request, now: now)
    response.headers += verdict.headers
    limits.answered(status: response.status, now: now)
    return response
  }

  private static func answer(_ status: Int, _ body: Fault.Body) -> SimulatedResponse {
    switch body {
    case .json(let value): .json(value, status: status)
    case .html:
      .html(
        "<html><head><title>\(status)</title></head><body>\(status)</body></html>", status: status)
    case .empty: SimulatedResponse(status: status)
    }
  }

  fileprivate mutating func record(
    _ request: SimulatedRequest, path: String?, _ outcome: DiscordSimulator.Outcome,
    now: World.Time
  ) {
    let caller: LoggedRequest.Caller =
      switch world.caller(of: request) {
      case .bot(let id): .bot(id)
      case .user(let id): .user(id)
      case .nobody: .nobody
      case .unknown: .unknown
      }
    var status: Int?
    if case .answer(let response, _) = outcome { status = response.status }
    log.append(
      LoggedRequest(
        time: now, caller: caller, method: request.method,
        target: Self.redacted(path ?? request.path)
          + request.target.drop { $0 != "?" },
        headers: request.headers.filter { $0.name.lowercased() != "authorization" },
        body: request.body, status: status))
  }

  /// A path without the tokens that some paths carry.
  private static func redacted(_ path: String) -> String {
    var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if parts.count > 3, parts[1] == "webhooks" || parts[1] == "interactions" { parts[3] = "…" }
    return parts.joined(separator: "/")
  }
}

extension DiscordSimulator {
  /// A change of the state at the clock's time; the gateway's sessions hear of it.
  func change<T: Sendable>(_ body: (inout State, World.Time) throws -> T) rethrows -> T {
    try withGateway { state, _ in try body(&state, clock.now) }
  }
}
