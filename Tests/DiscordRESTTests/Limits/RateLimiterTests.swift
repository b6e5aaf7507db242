internal import DiscordREST
internal import TestSupport
internal import Testing

@Suite struct RateLimiterTests {
  private static let far: Duration = .seconds(1_000_000)

  /// A limiter with its time, for scenarios step by step.
  private struct Scene {
    var limiter = RateLimiter()
    var now: Duration = .zero

    mutating func request(_ path: String, _ method: DiscordMethod = .get) -> RateLimiter.Ticket {
      let ticket = limiter.makeTicket()
      limiter.request(ticket, route: APIRoute(method, path), deadline: far, at: now)
      return ticket
    }

    mutating func started() -> [RateLimiter.Ticket] {
      limiter.run(at: now).compactMap { if case .start(let ticket) = $0 { ticket } else { nil } }
    }

    mutating func answer(
      _ ticket: RateLimiter.Ticket, status: Int = 200, bucket: String? = "b", limit: Int? = 5,
      remaining: Int = 4, resetAfter: Int = 5, _ change: (inout RateLimitFacts) -> Void = { _ in }
    ) {
      var facts = RateLimitFacts(status: status)
      if let bucket {
        facts.bucket = bucket
        facts.limit = limit
        facts.remaining = remaining
        facts.resetAfter = .seconds(resetAfter)
      }
      change(&facts)
      limiter.finish(ticket, .answered(facts), at: now)
    }
  }

  @Test func anUnknownRouteMakesOneRequestAtATime() {
    var scene = Scene()
    let tickets = (0..<4).map { _ in scene.request("/channels/1/messages") }
    #expect(scene.started() == [tickets[0]])
    #expect(scene.started() == [])
    scene.answer(tickets[0])
    #expect(scene.started() == Array(tickets[1...]))
  }

  @Test func whatRemainsMayStartAndThenTheWindowIsAwaited() {
    var scene = Scene()
    let tickets = (0..<8).map { _ in scene.request("/channels/1/messages") }
    _ = scene.started()
    scene.answer(tickets[0], remaining: 4)
    #expect(scene.started() == Array(tickets[1...4]))
    for (index, ticket) in tickets[1...4].enumerated() {
      scene.answer(ticket, remaining: 3 - index)
    }
    #expect(scene.started() == [])
    #expect(scene.limiter.nextEvent == .milliseconds(5005))
    scene.now = .milliseconds(5004)
    #expect(scene.started() == [])
    scene.now = .milliseconds(5005)
    #expect(scene.started() == Array(tickets[5...]))
  }

  @Test func routesThatShareABucketAreCountedTogether() {
    var scene = Scene()
    for (path, method) in [("/channels/1/messages", DiscordMethod.get), ("/channels/1/pins", .get)]
    {
      let probe = scene.request(path, method)
      #expect(scene.started() == [probe])
      scene.answer(probe, limit: 2, remaining: path.hasSuffix("pins") ? 0 : 1)
    }
    let first = scene.request("/channels/1/messages")
    let second = scene.request("/channels/1/pins")
    let other = scene.request("/channels/2/pins")
    #expect(scene.started() == [other])
    scene.now = .milliseconds(5005)
    #expect(scene.started() == [first, second])
  }

  @Test func aBucketThatSomebodyElseUsesToo() {
    var scene = Scene()
    let tickets = (0..<6).map { _ in scene.request("/channels/1/messages") }
    _ = scene.started()
    // Three of five are gone, though we made one request.
    scene.answer(tickets[0], remaining: 2)
    #expect(scene.started() == Array(tickets[1...2]))
  }

  @Test func aRefusedBucketWaitsForItself() {
    var scene = Scene()
    let ticket = scene.request("/channels/1/messages")
    _ = scene.started()
    scene.answer(ticket, status: 429, remaining: 0, resetAfter: 1) {
      $0.retryAfter = .milliseconds(1500)
    }
    scene.limiter.request(
      ticket, route: APIRoute(.get, "/channels/1/messages"), deadline: Self.far, at: scene.now)
    let other = scene.request("/channels/2/messages")
    #expect(scene.started() == [other])
    #expect(scene.limiter.nextEvent == .milliseconds(1505))
    scene.now = .milliseconds(1505)
    #expect(scene.started() == [ticket])
  }

  @Test func aRepeatedRequestKeepsItsPlace() {
    var scene = Scene()
    let first = scene.request("/channels/1/messages")
    _ = scene.started()
    let second = scene.request("/channels/1/messages")
    scene.limiter.finish(first, .unknown, at: scene.now)
    scene.limiter.request(
      first, route: APIRoute(.get, "/channels/1/messages"), deadline: Self.far, at: scene.now)
    scene.now = .seconds(1)
    #expect(scene.started() == [first])
    scene.answer(first)
    #expect(scene.started() == [second])
  }

  @Test func theGlobalLimitHoldsForAllButCallsWithTheirOwnToken() {
    var scene = Scene()
    // A route without limits.
    let probe = scene.request("/users/1")
    _ = scene.started()
    scene.answer(probe, bucket: nil)
    let tickets = (0..<120).map { scene.request("/users/\($0)") }
    #expect(scene.started() == Array(tickets[..<49]))
    let webhook = scene.request("/webhooks/1/token", .post)
    let interaction = scene.request("/interactions/1/token/callback", .post)
    #expect(scene.started() == [webhook, interaction])
    scene.now = .milliseconds(1030)
    #expect(scene.started() == Array(tickets[49..<99]))
    scene.now = .milliseconds(2060)
    #expect(scene.started() == Array(tickets[99...]))
  }

  @Test func aGlobalRefusalStopsAllButCallsWithTheirOwnToken() {
    var scene = Scene()
    let ticket = scene.request("/users/1")
    _ = scene.started()
    scene.answer(ticket, status: 429, bucket: nil) {
      $0.isGlobal = true
      $0.retryAfter = .milliseconds(700)
    }
    let other = scene.request("/channels/1")
    let webhook = scene.request("/webhooks/1/token", .post)
    #expect(scene.started() == [webhook])
    scene.now = .milliseconds(705)
    #expect(scene.started() == [other])
  }

  @Test func aRefusalByTheNetworkStopsEverything() {
    var scene = Scene()
    let ticket = scene.request("/users/1")
    _ = scene.started()
    scene.answer(ticket, status: 429, bucket: nil) { $0.isDiscords = false }
    let other = scene.request("/channels/1")
    let webhook = scene.request("/webhooks/1/token", .post)
    #expect(scene.started() == [])
    #expect(scene.limiter.nextEvent == .seconds(60))
    scene.now = .seconds(60)
    #expect(Set(scene.started()) == [other, webhook])
  }

  @Test func manyRefusedRequestsStopTheClientBeforeDiscordDoes() {
    var scene = Scene()
    let probe = scene.request("/users/1")
    _ = scene.started()
    scene.answer(probe, bucket: nil)
    var made = 0
    while made < 9000 {
      scene.now += .milliseconds(20)
      let ticket = scene.request("/users/1")
      guard scene.started() == [ticket] else { break }
      made += 1
      // What everyone's limit refuses does not count.
      scene.answer(ticket, status: made % 2 == 0 ? 403 : 429, bucket: nil) {
        $0.isShared = made % 2 == 1
        $0.retryAfter = .zero
      }
      scene.now += .milliseconds(100)
      if made > 8000 { break }
    }
    #expect(made == 8001)
    for _ in 0..<8100 {
      scene.now += .milliseconds(25)
      let ticket = scene.request("/guilds/1")
      if scene.started() != [ticket] { break }
      scene.answer(ticket, status: 403, bucket: nil)
    }
    let ticket = scene.request("/users/1")
    let actions = scene.limiter.run(at: scene.now)
    guard case .refuse(ticket, .tooManyInvalidRequests(let until))? = actions.first else {
      Issue.record("not refused: \(actions)")
      return
    }
    #expect(until > scene.now && until < scene.now + .seconds(630))
    scene.now = until
    let later = scene.request("/channels/1")
    #expect(scene.started() == [later])
  }

  @Test func aRefusedTokenStopsTheClientForGood() {
    var scene = Scene()
    let ticket = scene.request("/users/1")
    let waiting = scene.request("/users/2")
    _ = scene.started()
    scene.answer(ticket, status: 401, bucket: nil)
    #expect(scene.limiter.run(at: scene.now) == [.refuse(waiting, .unauthorized)])
    let later = scene.request("/users/3")
    #expect(scene.limiter.run(at: scene.now) == [.refuse(later, .unauthorized)])
  }

  @Test func aWebhooksOwnTokenStopsNothing() {
    var scene = Scene()
    let ticket = scene.request("/webhooks/1/token", .post)
    _ = scene.started()
    scene.answer(ticket, status: 401, bucket: nil) { $0.isAuthenticated = false }
    let other = scene.request("/users/1")
    #expect(scene.started() == [other])
  }

  @Test func deadlinesEndTheWait() {
    var scene = Scene()
    let first = scene.request("/channels/1/messages")
    _ = scene.started()
    let second = scene.limiter.makeTicket()
    scene.limiter.request(
      second, route: APIRoute(.get, "/channels/1/messages"), deadline: .seconds(3), at: scene.now)
    #expect(scene.limiter.nextEvent == .seconds(3))
    scene.now = .seconds(3)
    #expect(scene.limiter.run(at: scene.now) == [.expire(second)])
    scene.answer(first)
    #expect(scene.started() == [])
    #expect(scene.limiter.waitingCount == 0)
  }

  @Test func millionsOfRoutesTakeNoMemory() {
    var scene = Scene()
    for index in 0..<100_000 {
      scene.now += .seconds(1)
      let ticket = scene.request("/channels/\(index)/messages")
      _ = scene.started()
      scene.answer(ticket, bucket: index % 2 == 0 ? "b" : "c\(index)")
    }
    #expect(scene.limiter.bucketCount <= 1100)
  }
}
