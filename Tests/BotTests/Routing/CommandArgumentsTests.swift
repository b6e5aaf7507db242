import DiscordREST
import JSONValues
import Testing

@testable import Bot

@Suite struct CommandArgumentsTests {
  private func parse(_ text: String, _ options: [CommandOption]) throws -> [String: CommandValue] {
    try CommandArguments.parse(text, for: options).get().values
  }

  private func problem(_ text: String, _ options: [CommandOption]) -> String? {
    guard case .failure(let problem) = CommandArguments.parse(text, for: options) else {
      return nil
    }
    return problem.message
  }

  @Test func everyTypeIsRead() throws {
    let options = [
      CommandOption.string("s", "d"), .integer("i", "d"), .number("n", "d"), .boolean("b", "d"),
      .user("u", "d"), .channel("c", "d"), .role("r", "d"), .string("rest", "d"),
    ]
    let values = try parse(#""a b" -7 2.5 Yes <@!11> <#12> <@&13> all the "rest""#, options)
    #expect(
      values == [
        "s": .string("a b"), "i": .integer(-7), "n": .number(2.5), "b": .boolean(true),
        "u": .user(11), "c": .channel(12), "r": .role(13), "rest": .string(#"all the "rest""#),
      ])
  }

  @Test func bareIdsAreTaken() throws {
    let options = [CommandOption.user("u", "d"), .channel("c", "d"), .role("r", "d")]
    #expect(try parse("11 12 13", options) == ["u": .user(11), "c": .channel(12), "r": .role(13)])
    #expect(try parse("<@11>", options) == ["u": .user(11)])
  }

  @Test(
    "What does not fit is said, with the option's name",
    arguments: [
      ("x", CommandOption.integer("i", "d"), "i must be a whole number."),
      ("9007199254740993", .integer("i", "d"), "i must be a whole number."),
      ("99999999999999999999", .integer("i", "d"), "i must be a whole number."),
      ("11", .integer("i", "d", range: 1...10), "i must be between 1 and 10."),
      ("nan", .number("n", "d"), "n must be a number."),
      ("inf", .number("n", "d"), "n must be a number."),
      ("1e300", .number("n", "d"), "n must be a number."),
      ("maybe", .boolean("b", "d"), "b must be yes or no."),
      ("<@&1>", .user("u", "d"), "u must be a mention or an id of a user."),
      ("<#x>", .channel("c", "d"), "c must be a mention or an id of a channel."),
      ("<@1>", .role("r", "d"), "r must be a mention or an id of a role."),
      ("99999999999999999999", .user("u", "d"), "u must be a mention or an id of a user."),
      ("", .string("s", "d", required: true), "s is missing."),
      ("green", .string("s", "d", choices: ["red", "blue"]), "s must be one of red, blue."),
      ("1 2", .integer("i", "d"), "I do not know what to do with `2`."),
      ("1 `@everyone`", .integer("i", "d"), "I do not know what to do with `'@everyone'`."),
    ])
  func problems(text: String, option: CommandOption, message: String) {
    #expect(problem(text, [option]) == message)
  }

  @Test func choicesAreFoundByNameWhateverTheCase() throws {
    let option = CommandOption(
      "speed", "d", kind: .integer,
      choices: [.init("Slow", .integer(1)), .init("Fast", .integer(9))])
    #expect(try parse("fast", [option]) == ["speed": .integer(9)])
  }

  @Test func withoutOptionsAnyTextIsTaken() throws {
    let arguments = try CommandArguments.parse("a  b", for: []).get()
    #expect(arguments.values.isEmpty)
    #expect(arguments.text == "a  b")
  }

  @Test func anInteractionsOptionsAreRead() {
    let data: JSONValue = [
      "name": "x",
      "options": [
        ["name": "s", "type": 3, "value": "hello"], ["name": "i", "type": 4, "value": 5],
        ["name": "b", "type": 5, "value": true], ["name": "u", "type": 6, "value": "11"],
        ["name": "c", "type": 7, "value": "12"], ["name": "r", "type": 8, "value": "13"],
        ["name": "n", "type": 10, "value": 2],
      ],
    ]
    let arguments = CommandArguments(interaction: data)
    #expect(
      arguments.values == [
        "s": .string("hello"), "i": .integer(5), "b": .boolean(true), "u": .user(11),
        "c": .channel(12), "r": .role(13), "n": .number(2),
      ])
    #expect(arguments.text == "hello 5 11 12 13 2")
  }

  @Test func typesThatAreNotKnownSurvive() {
    let data: JSONValue = [
      "options": [
        ["name": "file", "type": 11, "value": "77"],
        ["name": "new", "type": 99, "value": ["a": 1]],
        ["name": "sub", "type": 1, "options": [["name": "x", "type": 3, "value": "y"]]],
        ["name": "odd", "type": 6, "value": "no id"], ["type": 3, "value": "nameless"], 7,
      ]
    ]
    #expect(
      CommandArguments(interaction: data).values == [
        "file": .other(type: 11, value: "77"), "new": .other(type: 99, value: ["a": 1]),
        "sub": .other(type: 1, value: [["name": "x", "type": 3, "value": "y"]]),
        "odd": .other(type: 6, value: "no id"),
      ])
  }
}
