import DiscordREST
import JSONValues
import TestSupport
import Testing

@testable import DiscordSimulator

@Suite("The simulator: faults, log, clock")
struct SimulatorTests {
  private let clock = ManualClock()
  private let simulator: DiscordSimulator
  private let ids: World.Sample

  init() {
    let (world, ids) = World.sample(now: Scene.start)
    self.ids = ids
    simulator = DiscordSimulator(
      world: world, clock: SimulatorClock(clock, start: Scene.start))
  }

  private func get(_ path: String, method: String = "GET") -> DiscordSimulator.Outcome {
    simulator.outcome(
      of: SimulatedRequest(
        method: method, target: "/api/v10\(path)",
        headers: [("Authorization", "Bot \(ids.botToken)"), ("X-Other", "kept")]))
  }

  private func answer(_ path: String, method: String = "GET") -> SimulatedResponse? {
    if case .answer(let response, _) = get(path, method: method) { return response }
    return nil
  }

  @Test("Answers carry the clock's date and the limits")
  func date() {
    clock.advance(by: .seconds(61))
    let response = answer("/users/@me")
    #expect(response?.header("Date") == "Tue, 24 Nov 2026 09:01:01 GMT")
    #expect(response?.header("X-RateLimit-Remaining") == "19")
  }

  @Test("Faults hit the calls that they are for, so often, after so many")
  func matching() {
    simulator.inject(
      Fault(.status(503, .empty), method: "GET", path: "/users/*", skip: 1, count: 2))
    let statuses = ["/users/@me", "/gateway", "/users/@me", "/users/\(ids.bob)", "/users/@me"]
      .map { answer($0)?.status }
    #expect(statuses == [200, 200, 503, 503, 200])
  }

  @Test("Every kind of fault")
  func kinds() throws {
    simulator.inject(Fault(.status(500, .json(["message": "500: Internal Server Error"]))))
    #expect(answer("/users/@me")?.header("Content-Type") == "application/json")
    simulator.inject(Fault(.status(502)))
    #expect(answer("/users/@me")?.header("Content-Type") == "text/html; charset=UTF-8")
    simulator.inject(Fault(.rateLimited(seconds: 0.25)))
    let limited = try #require(answer("/users/@me"))
    #expect(try JSONValue(parsing: limited.body)["retry_after"] == 0.25)
    #expect(limited.header("Retry-After") == "1")
    simulator.inject(Fault(.rateLimited(seconds: 2, global: true)))
    #expect(answer("/users/@me")?.header("X-RateLimit-Global") == "true")
    simulator.inject(Fault(.rateLimited(seconds: 7, json: false)))
    let proxied = try #require(answer("/users/@me"))
    #expect(proxied.header("Retry-After") == "7")
    #expect((try? JSONValue(parsing: proxied.body)) == nil)
    simulator.inject(Fault(.brokenJSON))
    let broken = try #require(answer("/users/@me"))
    #expect(broken.status == 200)
    #expect((try? JSONValue(parsing: broken.body)) == nil)
    simulator.inject(Fault(.wrongJSON([])))
    #expect(answer("/users/@me")?.body == Array("[]".utf8))
    simulator.inject(Fault(.truncated(5)))
    #expect(answer("/users/@me")?.truncatedAfter == 5)
    simulator.inject(Fault(.slow(.seconds(3))))
    guard case .answer(let slow, let delay) = get("/users/@me") else {
      Issue.record("a slow answer is an answer")
      return
    }
    #expect(slow.status == 200)
    #expect(delay == .seconds(3))
  }

  @Test("A reset comes before the effect or after it")
  func resets() {
    let path = "/channels/\(ids.general)/messages/\(ids.firstMessage)"
    simulator.inject(Fault(.reset))
    guard case .reset = get(path, method: "DELETE") else {
      Issue.record("no reset")
      return
    }
    #expect(simulator.world.message(ids.firstMessage, in: ids.general) != nil)
    simulator.inject(Fault(.resetAfterEffect))
    _ = get(path, method: "DELETE")
    #expect(simulator.world.message(ids.firstMessage, in: ids.general) == nil)
    #expect(simulator.requests.map(\.status) == [nil, nil])
  }

  @Test("The log says who called, and has no token in it")
  func log() throws {
    _ = get("/users/@me?x=1")
    _ = simulator.outcome(
      of: SimulatedRequest(method: "POST", target: "/api/v10/webhooks/1/secret-token?wait=true"))
    _ = simulator.outcome(
      of: SimulatedRequest(
        method: "GET", target: "/api/v10/users/@me", headers: [("authorization", "Bot wrong")]))
    _ = simulator.outcome(
      of: SimulatedRequest(
        method: "GET", target: "/api/v10/users/@me", headers: [("Authorization", ids.userToken)]))
    let log = simulator.requests
    #expect(log.map(\.caller) == [.bot(ids.bot), .nobody, .unknown, .user(ids.alice)])
    #expect(log.map(\.status) == [200, 404, 401, 200])
    #expect(log[0].target == "/users/@me?x=1")
    #expect(log[0].headers.map(\.name) == ["X-Other"])
    #expect(log[1].target == "/webhooks/1/…?wait=true")
    #expect(!"\(log)".contains("secret-token"))
    #expect(!"\(log)".contains(ids.botToken))
  }

  @Test("The log keeps the latest calls, by number and by size")
  func boundedLog() {
    func call(_ number: Int, bytes: Int = 0) -> LoggedRequest {
      LoggedRequest(
        time: World.Time(number), caller: .nobody, method: "GET", target: "", headers: [],
        body: Array(repeating: 0, count: bytes), status: 200)
    }
    var few = RequestLog(maximumCount: 10, maximumBytes: 1000)
    for number in 1...1001 { few.append(call(number)) }
    #expect(few.count == 1001)
    #expect((5...10).contains(few.latest.count))
    #expect(few.latest.map(\.time) == Array((1002 - World.Time(few.latest.count))...1001))
    var large = RequestLog(maximumCount: 1000, maximumBytes: 1000)
    for number in 1...50 { large.append(call(number, bytes: 300)) }
    #expect(large.latest.reduce(0) { $0 + $1.body.count } <= 1000)
    #expect(large.latest.last?.time == 50)
    // One that is larger than all that may be kept is not kept either.
    large.append(call(51, bytes: 5000))
    #expect(large.latest.isEmpty && large.count == 51)
  }

  @Test("Faults of a seed are always the same")
  func seeds() {
    #expect(FaultPlan.random(seed: 3) == FaultPlan.random(seed: 3))
    #expect(FaultPlan.random(seed: 3) != FaultPlan.random(seed: 4))
    var plan = FaultPlan.random(seed: 3, count: 40)
    #expect(plan.faults.count == 40)
    var hits = 0
    for _ in 0..<240 where plan.effect(method: "GET", path: "/users/@me") != nil { hits += 1 }
    #expect(hits == 40)
    plan = .random(seed: 3, count: 40)
    hits = 0
    for _ in 0..<40 where plan.effect(method: "GET", path: "/users/@me") != nil { hits += 1 }
    #expect((5...20).contains(hits))
  }

  @Test("The same calls at the same times make the same world")
  func deterministic() throws {
    func run() throws -> [JSONValue] {
      var scene = Scene()
      let path = "/channels/\(scene.ids.general)"
      return try [
        scene.call("POST", path + "/messages", ["content": "x"]).json,
        scene.call("POST", path + "/webhooks", ["name": "hook"]).json,
        scene.call("POST", path + "/threads", ["name": "t"]).json,
      ]
    }
    #expect(try run() == run())
  }

  @Test("The in-process transport answers, waits on the clock and loses connections")
  func transport() async throws {
    let transport = InProcessTransport(simulator)
    var request = HTTPRequestDescription(
      method: .get, url: "http://sim.test/api/v10/users/@me",
      headers: [("Authorization", "Bot \(ids.botToken)")])
    let answer = try await transport.execute(
      request, maximumBodyBytes: 10_000, timeout: .seconds(10))
    #expect(answer.status == 200)
    simulator.inject(Fault(.reset))
    simulator.inject(Fault(.truncated(3)))
    for _ in 0..<2 {
      await #expect(throws: HTTPTransportError.self) {
        try await transport.execute(request, maximumBodyBytes: 10_000, timeout: .seconds(10))
      }
    }
    request.url = "http://sim.test/api/v10/gateway"
    simulator.inject(Fault(.slow(.seconds(5))))
    async let slow = transport.execute(
      request, maximumBodyBytes: 10_000, timeout: .seconds(10))
    try await clock.waitForSleepers(1)
    clock.advance(by: .seconds(5))
    #expect(try await slow.status == 200)
  }
}
