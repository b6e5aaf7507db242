import DiscordREST
import JSONValues
import Testing

@testable import Bot

@Suite struct CommandRouterTests {
  private func router(
    prefix: String? = "!", answersBots: Bool = false, ownUser: ID<User>? = 1
  ) throws -> CommandRouter {
    var router = CommandRouter(prefix: prefix, answersBots: answersBots)
    router.ownUser = ownUser
    try router.add(Command("echo", description: "d") { _ in })
    try router.add(
      Command("add", description: "d", options: [.integer("a", "d", required: true)]) { _ in })
    try router.add(Command("here", description: "d", isGuildOnly: true) { _ in })
    return router
  }

  private func message(_ content: String, _ more: [String: JSONValue] = [:]) throws
    -> IncomingMessage
  {
    var json: [String: JSONValue] = [
      "id": "5", "type": 0, "content": .string(content), "author": ["id": "2"], "guild_id": "9",
    ]
    json.merge(more) { $1 }
    return try #require(IncomingMessage(.object(json)))
  }

  /// `name|text`, `refused: …`, `unknown: …` or `ignored`.
  private func outcome(_ route: CommandRouter.Route) -> String {
    switch route {
    case .ignored: "ignored"
    case .call(let command, let arguments): "\(command.name)|\(arguments.text)"
    case .refused(let command, let reason): "\(command.name) refused: \(reason)"
    case .unknown(let name): "unknown: \(name)"
    }
  }

  @Test(
    "What calls a command",
    arguments: [
      ("!echo hi there", "echo|hi there"),
      ("!echo", "echo|"),
      ("  !Echo  hi  ", "echo|hi  "),
      ("!echo\nhi", "echo|hi"),
      ("<@1> echo hi", "echo|hi"),
      ("<@!1>echo hi", "echo|hi"),
      ("<@1>", "ignored"),
      ("<@3> echo hi", "ignored"),
      ("<@11> echo hi", "ignored"),
      ("! echo hi", "ignored"),
      ("!", "ignored"),
      ("!!", "ignored"),
      ("!echoes", "ignored"),
      ("echo hi", "ignored"),
      ("hey !echo hi", "ignored"),
      ("", "ignored"),
      ("!add 4", "add|4"),
      ("!add x", "add refused: a must be a whole number. Usage: !add <a>"),
      ("!add", "add refused: a is missing. Usage: !add <a>"),
    ])
  func calls(content: String, expected: String) throws {
    #expect(outcome(try router().route(try message(content))) == expected)
  }

  @Test func withoutAPrefixOnlyMentionsCall() throws {
    for prefix in [nil, ""] {
      let router = try router(prefix: prefix)
      #expect(outcome(router.route(try message("!echo hi"))) == "ignored")
      #expect(outcome(router.route(try message("echo hi"))) == "ignored")
      #expect(outcome(router.route(try message("<@1> echo hi"))) == "echo|hi")
    }
  }

  @Test func aLongPrefixIsTakenWhole() throws {
    let router = try router(prefix: "tape ")
    #expect(outcome(router.route(try message("tape echo hi"))) == "echo|hi")
    #expect(outcome(router.route(try message("tapeecho hi"))) == "ignored")
  }

  @Test func ownMessagesAreIgnoredWhateverTheSettings() throws {
    let router = try router(answersBots: true)
    let own = try message("!echo hi", ["author": ["id": "1", "bot": true]])
    #expect(outcome(router.route(own)) == "ignored")
  }

  @Test func nothingIsRoutedBeforeTheBotKnowsItself() throws {
    let router = try router(ownUser: nil)
    #expect(outcome(router.route(try message("!echo hi"))) == "ignored")
  }

  @Test func botsAndWebhooksAreIgnoredUnlessAskedFor() throws {
    let bot = try message("!echo hi", ["author": ["id": "2", "bot": true]])
    let webhook = try message("!echo hi", ["webhook_id": "2"])
    for message in [bot, webhook] {
      #expect(outcome(try router().route(message)) == "ignored")
      #expect(outcome(try router(answersBots: true).route(message)) == "echo|hi")
    }
  }

  @Test func messagesOfTheSystemAreIgnoredAndRepliesAreNot() throws {
    #expect(outcome(try router().route(try message("!echo hi", ["type": 7]))) == "ignored")
    #expect(outcome(try router().route(try message("!echo hi", ["type": 19]))) == "echo|hi")
  }

  @Test func serverCommandsAreRefusedInDirectMessages() throws {
    let direct = try message("!here", ["guild_id": .null])
    #expect(outcome(try router().route(direct)) == "here refused: here works in servers only.")
    #expect(outcome(try router().route(try message("!here"))) == "here|")
  }

  @Test func interactionsAreRoutedByTheirName() throws {
    let router = try router()
    func route(_ json: JSONValue) -> String { outcome(router.route(interaction: json)) }
    let call: JSONValue = [
      "type": 2, "data": ["name": "add", "options": [["name": "a", "type": 4, "value": 4]]],
    ]
    #expect(route(call) == "add|4")
    #expect(route(["type": 2, "data": ["name": "gone", "type": 1]]) == "unknown: gone")
    // A context menu's command, a button, a ping, and nonsense.
    #expect(route(["type": 2, "data": ["name": "add", "type": 3]]) == "ignored")
    #expect(route(["type": 3, "data": ["custom_id": "add"]]) == "ignored")
    #expect(route(["type": 1]) == "ignored")
    #expect(route("nonsense") == "ignored")
  }

  @Test func commandsAreReplacedAndRemoved() throws {
    var router = try router()
    let removals = [router.remove("echo"), router.remove("echo")]
    #expect(removals == [true, false])
    #expect(outcome(router.route(try message("!echo hi"))) == "ignored")
    try router.add(Command("add", description: "without options") { _ in })
    #expect(outcome(router.route(try message("!add x"))) == "add|x")
  }

  @Test func aHundredCommandsAreTheLimit() throws {
    var router = CommandRouter(prefix: "!")
    for number in 1...100 { try router.add(Command("c\(number)", description: "d") { _ in }) }
    try router.add(Command("c1", description: "again") { _ in })
    #expect(throws: BotError.self) {
      try router.add(Command("c101", description: "d") { _ in })
    }
  }

  @Test func withheldMessagesAreTold() throws {
    #expect(try message("").looksWithheld)
    #expect(try !message("x").looksWithheld)
    #expect(try !message("", ["attachments": [["id": "1"]]]).looksWithheld)
    #expect(try !message("", ["poll": ["question": [:]]]).looksWithheld)
    #expect(try !message("", ["type": 7]).looksWithheld)
  }

  @Test func aMessageWithoutAnAuthorIsNone() {
    for json: JSONValue in [[:], .null, ["author": ["id": "x"]], ["author": 7]] {
      #expect(IncomingMessage(json) == nil)
    }
  }
}
