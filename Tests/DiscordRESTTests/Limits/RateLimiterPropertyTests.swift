internal import DiscordREST
internal import TestSupport
internal import Testing

/// Whatever answers, losses, refusals and cancellations come in whatever order, the limiter never
/// deadlocks, starts nothing twice and stays within the global limit.
@Suite struct RateLimiterPropertyTests {
  @Test(arguments: Array(1...60) as [UInt64])
  func anyInterleaving(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var limiter = RateLimiter()
    var now: Duration = .zero
    var waiting: Set<RateLimiter.Ticket> = []
    var inFlight: [RateLimiter.Ticket] = []
    var routes: [RateLimiter.Ticket: APIRoute] = [:]
    var starts: [Duration] = []
    let deadline: Duration = .seconds(1_000_000)

    func run() {
      for action in limiter.run(at: now) {
        guard case .start(let ticket) = action else {
          Issue.record("\(action)")
          continue
        }
        #expect(waiting.remove(ticket) != nil)
        inFlight.append(ticket)
        if routes[ticket]?.carriesToken == false { starts.append(now) }
      }
    }

    for _ in 0..<1500 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4:
        let ticket = limiter.makeTicket()
        let route = Self.route(&random)
        routes[ticket] = route
        waiting.insert(ticket)
        limiter.request(ticket, route: route, deadline: deadline, at: now)
      case 4..<8 where !inFlight.isEmpty:
        let ticket = inFlight.remove(at: Int.random(in: 0..<inFlight.count, using: &random))
        limiter.finish(ticket, Self.outcome(&random), at: now)
        if Int.random(in: 0..<4, using: &random) == 0, let route = routes[ticket] {
          waiting.insert(ticket)
          limiter.request(ticket, route: route, deadline: deadline, at: now)
        }
      case 8:
        if let ticket = waiting.min(by: { "\($0)" < "\($1)" }) {
          waiting.remove(ticket)
          limiter.cancel(ticket, at: now)
        }
      default: now += .milliseconds(Int.random(in: 0...400, using: &random))
      }
      run()
    }
    // From now on every request is answered: all must come to an end.
    var rounds = 0
    while !waiting.isEmpty || !inFlight.isEmpty {
      rounds += 1
      guard rounds < 100_000 else {
        Issue.record("\(waiting.count) wait for ever, seed \(seed)")
        return
      }
      if let ticket = inFlight.popLast() {
        limiter.finish(ticket, .answered(RateLimitFacts(status: 200)), at: now)
      } else if let next = limiter.nextEvent {
        #expect(next <= deadline)
        now = max(now, next)
      } else {
        Issue.record("\(waiting.count) wait for nothing, seed \(seed)")
        return
      }
      run()
    }
    #expect(limiter.waitingCount == 0)
    for index in starts.indices where index >= 50 {
      #expect(starts[index] - starts[index - 50] >= .seconds(1))
    }
  }

  private static func route(_ random: inout SplitMix64) -> APIRoute {
    let resource = Int.random(in: 1...3, using: &random)
    return switch Int.random(in: 0..<5, using: &random) {
    case 0: APIRoute(.get, "/channels/\(resource)/messages")
    case 1: APIRoute(.post, "/channels/\(resource)/messages")
    case 2: APIRoute(.get, "/guilds/\(resource)")
    case 3: APIRoute(.post, "/webhooks/\(resource)/token")
    default: APIRoute(.get, "/users/\(resource)")
    }
  }

  private static func outcome(_ random: inout SplitMix64) -> RateLimiter.Outcome {
    guard Int.random(in: 0..<5, using: &random) > 0 else { return .unknown }
    var facts = RateLimitFacts(
      status: [200, 200, 200, 204, 404, 403, 429, 500].randomElement(using: &random) ?? 200)
    if Bool.random(using: &random) {
      // Buckets change their names and numbers at will.
      facts.bucket = ["a", "b", "c"].randomElement(using: &random)
      facts.limit = Int.random(in: 0...4, using: &random)
      facts.remaining = Int.random(in: 0...5, using: &random)
      facts.resetAfter = .milliseconds(Int.random(in: 0...3000, using: &random))
    }
    if facts.status == 429 {
      facts.isGlobal = Int.random(in: 0..<4, using: &random) == 0
      facts.isShared = Bool.random(using: &random)
      facts.isDiscords = Int.random(in: 0..<10, using: &random) > 0
      facts.retryAfter =
        Bool.random(using: &random) ? .milliseconds(Int.random(in: 0...2000, using: &random)) : nil
    }
    return .answered(facts)
  }
}
