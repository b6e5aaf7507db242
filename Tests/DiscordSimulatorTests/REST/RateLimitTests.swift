import DiscordSimulator
import JSONValues
import Testing

@Suite("Rate limits")
struct RateLimitTests {
  private let start = Scene.start

  private func post(
    _ rules: inout RateLimitRules, _ path: String, at now: World.Time
  ) -> RateLimitRules.Verdict {
    send(&rules, "POST", path, at: now)
  }

  private func send(
    _ rules: inout RateLimitRules, _ method: String, _ path: String, at now: World.Time,
    account: String = "bot"
  ) -> RateLimitRules.Verdict {
    rules.request(method: method, path: path, account: account, now: now)
  }

  private func header(_ verdict: RateLimitRules.Verdict, _ name: String) -> String? {
    (verdict.rejection?.headers ?? verdict.headers).first { $0.name == name }?.value
  }

  @Test("A bucket counts down, refuses with the time left, and is full again after it")
  func bucket() throws {
    var rules = RateLimitRules()
    for left in [4, 3, 2, 1, 0] {
      let verdict = post(&rules, "/channels/1/messages", at: start)
      #expect(verdict.rejection == nil)
      #expect(header(verdict, "X-RateLimit-Limit") == "5")
      #expect(header(verdict, "X-RateLimit-Remaining") == "\(left)")
      #expect(header(verdict, "X-RateLimit-Reset-After") == "5.000")
      #expect(header(verdict, "X-RateLimit-Reset") == "1795510805.000")
    }
    let refused = post(&rules, "/channels/1/messages", at: start + 1250)
    let rejection = try #require(refused.rejection)
    #expect(rejection.status == 429)
    let json = try JSONValue(parsing: rejection.body)
    #expect(json["retry_after"] == 3.75)
    #expect(json["global"] == false)
    #expect(header(refused, "Retry-After") == "4")
    #expect(header(refused, "X-RateLimit-Scope") == "user")
    #expect(header(refused, "X-RateLimit-Reset-After") == "3.750")
    #expect(post(&rules, "/channels/1/messages", at: start + 4999).rejection != nil)
    #expect(post(&rules, "/channels/1/messages", at: start + 5000).rejection == nil)
  }

  @Test("Channels, accounts and webhooks have buckets of their own; message ids have not")
  func majorParameters() {
    var rules = RateLimitRules()
    for message in 1...5 {
      #expect(
        send(&rules, "DELETE", "/channels/1/messages/\(message)", at: start).rejection == nil)
    }
    #expect(send(&rules, "DELETE", "/channels/1/messages/6", at: start).rejection != nil)
    #expect(send(&rules, "DELETE", "/channels/2/messages/6", at: start).rejection == nil)
    #expect(
      send(&rules, "DELETE", "/channels/1/messages/6", at: start, account: "other").rejection == nil
    )
    for _ in 1...5 { #expect(post(&rules, "/webhooks/1/aaa", at: start).rejection == nil) }
    #expect(post(&rules, "/webhooks/1/aaa", at: start).rejection != nil)
    #expect(post(&rules, "/webhooks/1/bbb", at: start).rejection == nil)
  }

  @Test("Equal buckets have equal hashes, whatever their major parameters")
  func hashes() {
    var rules = RateLimitRules()
    let first = header(post(&rules, "/channels/1/messages", at: start), "X-RateLimit-Bucket")
    let second = header(post(&rules, "/channels/2/messages?x=1", at: start), "X-RateLimit-Bucket")
    let other = header(send(&rules, "GET", "/channels/1/messages", at: start), "X-RateLimit-Bucket")
    #expect(first == second)
    #expect(first != other)
  }

  @Test("Fifty a second in all, but for interactions and webhooks")
  func global() throws {
    var rules = RateLimitRules()
    for channel in 1...50 {
      #expect(post(&rules, "/channels/\(channel)/messages", at: start).rejection == nil)
    }
    let refused = post(&rules, "/channels/51/messages", at: start + 600)
    #expect(header(refused, "X-RateLimit-Scope") == "global")
    #expect(header(refused, "X-RateLimit-Global") == "true")
    #expect(header(refused, "X-RateLimit-Bucket") == nil)
    let json = try JSONValue(parsing: try #require(refused.rejection).body)
    #expect(json["retry_after"] == 0.4)
    #expect(json["global"] == true)
    #expect(post(&rules, "/interactions/1/token/callback", at: start + 600).rejection == nil)
    #expect(post(&rules, "/webhooks/1/token", at: start + 600).rejection == nil)
    #expect(post(&rules, "/channels/51/messages", at: start + 1000).rejection == nil)
  }

  @Test(
    "Reactions share one bucket, and one limit with other accounts, which is no invalid request")
  func shared() {
    var rules = RateLimitRules()
    rules.invalidLimit = 1
    var now = start
    for number in 0..<20 {
      let path = "/channels/1/messages/\(number)/reactions/%F0%9F%91%8D/@me"
      #expect(send(&rules, "PUT", path, at: now, account: "a\(number)").rejection == nil)
      now += 10
    }
    let refused = send(&rules, "DELETE", "/channels/1/messages/9/reactions/x/5", at: now)
    #expect(header(refused, "X-RateLimit-Scope") == "shared")
    if let rejection = refused.rejection { rules.refused(rejection, now: now) }
    #expect(send(&rules, "GET", "/users/@me", at: now).rejection == nil)
  }

  @Test("Too many invalid requests are a ban of the proxy, without JSON, until the window ends")
  func ban() throws {
    var rules = RateLimitRules()
    for _ in 0..<9999 { rules.answered(status: 403, now: start) }
    rules.answered(status: 404, now: start)
    #expect(send(&rules, "GET", "/users/@me", at: start).rejection == nil)
    rules.answered(status: 401, now: start)
    let verdict = send(&rules, "GET", "/users/@me", at: start + 1000)
    let rejection = try #require(verdict.rejection)
    #expect(rejection.status == 429)
    #expect(rejection.header("Content-Type")?.hasPrefix("text/html") == true)
    #expect(rejection.header("Retry-After") == "599")
    #expect(rejection.header("Via") == nil)
    #expect(send(&rules, "GET", "/users/@me", at: start + 600_000).rejection == nil)
  }

  @Test("Off has no headers; tight has a fifth")
  func strictness() {
    var off = RateLimitRules(.off)
    for _ in 0..<100 {
      let verdict = post(&off, "/channels/1/messages", at: start)
      #expect(verdict.rejection == nil)
      #expect(verdict.headers.isEmpty)
    }
    var tight = RateLimitRules(.tight)
    #expect(post(&tight, "/channels/1/messages", at: start).rejection == nil)
    #expect(post(&tight, "/channels/1/messages", at: start).rejection != nil)
  }
}
