internal import DiscordGateway
internal import DiscordREST
internal import Foundation
internal import JSONValues
internal import Testing
internal import WebSocket

@testable import tapedeck

/// The failures of the first hour: texts, codes, and the table of the documentation.
@Suite struct FirstHourFailureTests {
  @Test(arguments: FirstHourFailure.allCases)
  func sentenceAndRemedyAreThere(failure: FirstHourFailure) {
    let text = failure.text
    #expect(!text.sentence.isEmpty && !text.sentence.hasSuffix("."))
    #expect(!text.remedy.isEmpty && !text.remedy.hasSuffix("."))
    #expect(text.status != .software, "\(failure) has no text")
    // Only what one sentence says is said twice in the other.
    #expect(!text.sentence.contains("|") && !text.remedy.contains("|"))
  }

  @Test func sentencesDiffer() {
    let all = FirstHourFailure.allCases
    #expect(Set(all.map(\.text.sentence)).count == all.count)
    #expect(all.count >= 25)
  }

  @Test(arguments: FirstHourFailure.allCases)
  func gapsAreFilledHarmlessly(failure: FirstHourFailure) {
    let text = failure.text
    let names = (text.sentence + text.remedy).matches(of: /\{[a-z]+\}/).map {
      String($0.output.dropFirst().dropLast())
    }
    let hostile = "a\u{1B}[2J\n{channel}\u{202E}"
    let filled = failure.filled(
      Dictionary(names.map { ($0, hostile) }, uniquingKeysWith: { first, _ in first }))
    for text in [filled.sentence, filled.remedy] {
      #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E })
    }
    if !names.isEmpty {
      // What is filled in is not filled once more.
      #expect((filled.sentence + filled.remedy).contains("{channel}"))
    }
  }

  @Test func tableOfTheDocumentationIsThis() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../Sources/tapedeck/Documentation.docc/FirstHour.md").standardized
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(
      text.contains(FirstHourFailure.markdown),
      "make it anew: tapedeck doctor --failures")
  }

  private func failure(
    _ kind: DiscordError.Kind, status: Int? = nil, code: Int? = nil
  ) -> CommandFailure {
    CommandFailure(DiscordError(kind, "words of Discord", status: status, discordCode: code))
  }

  @Test(arguments: [
    (DiscordError.Kind.unauthorized, 401, 0, tapedeck.ExitStatus.notPermitted),
    (.forbidden, 403, 50013, .notPermitted), (.forbidden, 403, 50007, .notPermitted),
    (.notFound, 404, 10003, .noInput), (.http, 400, 50035, .badInput),
    (.http, 500, 0, .tempFail), (.http, 503, 0, .tempFail), (.http, 405, 0, .badInput),
    (.http, 409, 0, .unavailable), (.rateLimited, 429, 0, .tempFail),
    (.network, 0, 0, .tempFail), (.timedOut, 0, 0, .tempFail),
    (.invalidResponse, 200, 0, .tempFail), (.tooManyInvalidRequests, 0, 0, .unavailable),
    (.credentialMissing, 0, 0, .configuration), (.invalidArgument, 0, 0, .badInput),
    (.fileTooLarge, 0, 0, .badInput), (.fileUnreadable, 0, 0, .noInput),
    (.notPermitted, 0, 0, .notPermitted),
  ])
  func exitCodes(
    kind: DiscordError.Kind, status: Int, code: Int, exit: tapedeck.ExitStatus
  ) {
    let failure = failure(
      kind, status: status == 0 ? nil : status, code: code == 0 ? nil : code)
    #expect(failure.status == exit)
    #expect(failure.http == (status == 0 ? nil : status))
  }

  @Test func everyKindHasAnExitCode() {
    for kind in DiscordError.Kind.allCases { #expect(failure(kind).status != .done) }
  }

  @Test func gatewayFailuresHaveTheirCodes() {
    let intents = CommandFailure(
      GatewayError(.disallowedIntents, closeCode: 4014, "It may not: MESSAGE_CONTENT."))
    #expect(intents.status == .notPermitted)
    #expect(intents.code == 4014)
    #expect(
      intents.message == "Discord refuses the intents MESSAGE_CONTENT (close code 4014)")
    let token = CommandFailure(GatewayError(.authenticationFailed, closeCode: 4004, "no"))
    #expect(token.label == FirstHourFailure.tokenRefused.rawValue)
    #expect(CommandFailure(GatewayError(.timedOut, "late")).status == .tempFail)
    #expect(CommandFailure(WebSocketError(.connectFailed, "gone")).status == .tempFail)
    #expect(CommandFailure(WebSocketError(.tlsFailed, "who")).status == .configuration)
  }

  @Test func tooLongTextsNameTheLimit() {
    var error = DiscordError(.http, "Invalid Form Body", status: 400, discordCode: 50035)
    error.errors = [
      .init(
        path: "content", code: "BASE_TYPE_MAX_LENGTH",
        message: "Must be 2000 or fewer in length.")
    ]
    let failure = CommandFailure(error)
    #expect(failure.message.contains("longer than the 2000 characters"))
    #expect(failure.status == .badInput)
    // Another field is told as Discord tells it.
    error.errors[0].path = "name"
    #expect(CommandFailure(error).message.contains("name: Must be 2000 or fewer in length."))
  }

  @Test func errorsAreOneJSONObject() throws {
    let json = failure(.forbidden, status: 403, code: 50007).json
    let error = try #require(json["error"])
    #expect(error["status"] == 403)
    #expect(error["code"] == 50007)
    #expect(error["message"] == "this user takes no direct messages from the bot")
    #expect(error["hint"]?.string?.isEmpty == false)
    #expect(error["exit"] == 77)
    #expect(failure(.network).json["error"]?["status"] == .null)
  }
}
