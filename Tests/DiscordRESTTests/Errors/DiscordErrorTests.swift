internal import DiscordREST
internal import Testing

@Suite struct DiscordErrorTests {
  private func error(_ status: Int, _ body: String) -> DiscordError {
    DiscordError(
      response: HTTPResponseDescription(status: status, body: Array(body.utf8)), route: "GET /x")
  }

  @Test func nestedErrorsBecomePaths() {
    let error = error(
      400,
      #"""
      {"code":50035,"message":"Invalid Form Body","errors":{"embeds":{"10":{"title":{"_errors":[
      {"code":"BASE_TYPE_MAX_LENGTH","message":"Must be 256 or fewer in length."}]}},
      "2":{"_errors":[{"code":"X","message":"y"}]}},"_errors":[{"code":"TOP","message":"t"}]}}
      """#)
    #expect(error.kind == .http)
    #expect(error.discordCode == 50035)
    #expect(error.errors.map(\.path) == ["", "embeds.2", "embeds.10.title"])
    #expect(
      error.description.contains("embeds.10.title: BASE_TYPE_MAX_LENGTH Must be 256 or fewer"))
    #expect(error.hint != nil)
  }

  @Test(arguments: [
    10003, 10004, 10008, 10013, 50001, 50013, 50007, 50035, 40005, 30003, 160004, 10062, 50034,
  ])
  func commonCodesTellTheNextStep(code: Int) {
    let error = error(403, #"{"code":\#(code),"message":"m"}"#)
    #expect(error.discordCode == code)
    #expect(error.hint != nil && error.hint != self.error(403, "").hint)
  }

  @Test(arguments: [
    (401, DiscordError.Kind.unauthorized), (403, .forbidden), (404, .notFound), (400, .http),
    (500, .http), (413, .fileTooLarge), (302, .invalidResponse), (429, .rateLimited),
  ])
  func kinds(status: Int, kind: DiscordError.Kind) {
    #expect(error(status, "").kind == kind)
    #expect(!error(status, "").message.isEmpty)
    #expect(error(status, "").shortDescription == kind.rawValue)
  }

  @Test func foreignTextIsMadeSafe() {
    let error = error(
      400,
      #"{"message":"a\u001b[2Jb\nc\u202ed","errors":{"\u001b]0;x":{"_errors":[{"code":"\n","message":"\u009b"}]}}}"#
    )
    for scalar in error.description.unicodeScalars {
      #expect(DisplayText.isSafe(scalar))
    }
  }

  @Test func hostileBodies() {
    let deep = String(repeating: #"{"a":"#, count: 10_000)
    for body in [
      "", "[]", "null", "5", #"{"code":"x","message":5,"errors":[1]}"#, #"{"errors":"text"}"#,
      #"{"code":1e300}"#, #"{"errors":{"_errors":[null,5,[],{}]}}"#, deep,
      #"{"errors":"# + deep, #"{"code":-9223372036854775808}"#,
    ] {
      #expect(!error(400, body).message.isEmpty)
    }
    let many = (0..<10_000).map { #""f\#($0)":{"_errors":[{"code":"c"}]}"# }.joined(separator: ",")
    #expect(error(400, #"{"errors":{\#(many)}}"#).errors.count == 50)
  }
}
