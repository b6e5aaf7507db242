internal import DiscordREST
internal import Testing

@Suite struct RateLimitFactsTests {
  @Test func everyHeader() {
    let facts = RateLimitFacts(
      HTTPResponseDescription(
        status: 200,
        headers: [
          ("x-ratelimit-bucket", "abcd"), ("X-RATELIMIT-LIMIT", "5"),
          ("X-RateLimit-Remaining", "3"),
          ("X-RateLimit-Reset-After", "1.25"),
        ]))
    #expect(facts.bucket == "abcd")
    #expect(facts.limit == 5)
    #expect(facts.remaining == 3)
    #expect(facts.resetAfter == .milliseconds(1250))
    #expect(!facts.isGlobal && !facts.isShared && facts.isDiscords)
  }

  @Test func theBodysFractionIsMoreExactThanTheHeader() {
    let facts = RateLimitFacts(
      HTTPResponseDescription(
        status: 429, headers: [("Retry-After", "2"), ("X-RateLimit-Scope", "shared")],
        body: Array(#"{"message":"","retry_after":1.337,"global":true}"#.utf8)))
    #expect(facts.retryAfter == .milliseconds(1337))
    #expect(facts.isGlobal && facts.isShared && facts.isDiscords)
  }

  @Test func withoutJSONItIsTheNetworkThatRefuses() {
    let facts = RateLimitFacts(
      HTTPResponseDescription(
        status: 429, headers: [("Retry-After", "30")], body: Array("<html>".utf8)))
    #expect(facts.retryAfter == .seconds(30))
    #expect(!facts.isDiscords)
  }

  @Test(arguments: ["", "x", "nan", "inf", "-5", "1e300", "-inf", "99999999999999999999", "0x10"])
  func hostileNumbers(text: String) {
    let facts = RateLimitFacts(
      HTTPResponseDescription(
        status: 429,
        headers: [
          ("X-RateLimit-Limit", text), ("X-RateLimit-Remaining", text),
          ("X-RateLimit-Reset-After", text), ("Retry-After", text),
        ], body: Array("{\"retry_after\":1e308}".utf8)))
    #expect(facts.limit == nil && facts.remaining == nil)
    #expect(facts.resetAfter.map { $0 >= .zero && $0 <= .seconds(86_400) } ?? true)
    #expect(facts.retryAfter == .seconds(86_400))
  }

  @Test(arguments: [
    ("/channels/1/messages", "GET /channels/{id}/messages", "channels/1"),
    (
      "/channels/1/messages/2/reactions/%F0%9F%91%8D/@me",
      "GET /channels/{id}/messages/{id}/reactions/{id}/@me", "channels/1"
    ),
    ("/guilds/7/members/8", "GET /guilds/{id}/members/{id}", "guilds/7"),
    ("/users/@me", "GET /users/@me", ""),
    ("/invites/abc", "GET /invites/{id}", ""),
    ("/applications/@me", "GET /applications/@me", ""),

  ])
  func routes(path: String, template: String, resource: String) {
    let route = APIRoute(.get, path)
    #expect(route.template == template)
    #expect(route.resource == resource)
    #expect(!route.carriesToken)
  }

  @Test(arguments: [
    "/webhooks/1/sEcReT", "/webhooks/1/sEcReT/messages/@original",
    "/interactions/1/sEcReT/callback",
  ])
  func tokensInPathsAreNotKept(path: String) {
    let route = APIRoute(.post, path)
    var text = ""
    dump(route, to: &text)
    #expect(!text.contains("sEcReT"))
    #expect(route.carriesToken)
    #expect(route.name.contains("{token}"))
    #expect(route.resource != APIRoute(.post, path.replacing("sEcReT", with: "other")).resource)
  }

  @Test func oldMessagesHaveABucketOfTheirOwn() {
    let now: UInt64 = 1_800_000_000_000
    let old = Snowflake(((now - 15 * 86_400_000) - 1_420_070_400_000) << 22)
    let new = Snowflake(((now - 13 * 86_400_000) - 1_420_070_400_000) << 22)
    func template(_ id: Snowflake) -> String {
      APIRoute(.delete, "/channels/1/messages/\(id)", milliseconds: now).template
    }
    #expect(template(old) != template(new))
    #expect(template(new) == "DELETE /channels/{id}/messages/{id}")
  }
}
