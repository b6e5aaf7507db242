import Testing

@testable import Bot

@Suite struct CommandValidationTests {
  private func command(
    _ name: String = "echo", description: String = "d", options: [CommandOption] = []
  ) -> Command {
    Command(name, description: description, options: options) { _ in }
  }

  @Test(arguments: ["echo", "a", "tape-deck_2", "aufnähmen", "録音", "บันทึก", "खोज", "it's"])
  func namesThatDiscordTakes(name: String) throws {
    try command(name).validate()
  }

  @Test(
    arguments: [
      "", "Echo", "two words", "a.b", "!a", "ÄCHO", "a\u{0}", "😀", "\u{202E}a",
      String(repeating: "a", count: 33),
    ])
  func namesThatDiscordRefuses(name: String) {
    #expect(throws: BotError.self) { try command(name).validate() }
    #expect(throws: BotError.self) {
      try command(options: [.string(name, "d")]).validate()
    }
  }

  @Test func descriptionsHaveALength() throws {
    try command(description: String(repeating: "é", count: 100)).validate()
    for text in ["", String(repeating: "a", count: 101)] {
      #expect(throws: BotError.self) { try command(description: text).validate() }
      #expect(throws: BotError.self) { try command(options: [.string("a", text)]).validate() }
    }
  }

  @Test func requiredOptionsComeFirst() throws {
    try command(options: [.string("a", "d", required: true), .string("b", "d")]).validate()
    #expect(throws: BotError.self) {
      try command(options: [.string("b", "d"), .string("a", "d", required: true)]).validate()
    }
  }

  @Test func optionNamesAreUnique() {
    #expect(throws: BotError.self) {
      try command(options: [.string("a", "d"), .integer("a", "d")]).validate()
    }
  }

  @Test func countsAreLimited() throws {
    let options = (1...26).map { CommandOption.string("o\($0)", "d") }
    try command(options: Array(options.dropLast())).validate()
    #expect(throws: BotError.self) { try command(options: options).validate() }
    let choices = (1...26).map { "c\($0)" }
    try command(options: [.string("a", "d", choices: Array(choices.dropLast()))]).validate()
    #expect(throws: BotError.self) {
      try command(options: [.string("a", "d", choices: choices)]).validate()
    }
  }

  @Test func choicesHaveTheTypeOfTheirOption() throws {
    let choices = [CommandOption.Choice("one", .integer(1))]
    try command(options: [CommandOption("a", "d", kind: .integer, choices: choices)]).validate()
    #expect(throws: BotError.self) {
      try command(options: [CommandOption("a", "d", kind: .string, choices: choices)]).validate()
    }
  }

  @Test func rangesStayWithinDiscords() throws {
    try command(options: [.integer("a", "d", range: -5...5)]).validate()
    try command(options: [CommandOption("a", "d", kind: .string, range: 0...6000)]).validate()
    let refused = [
      CommandOption.integer("a", "d", range: 0...1e17),
      CommandOption("a", "d", kind: .string, range: -1...5),
      CommandOption("a", "d", kind: .user, range: 0...5),
    ]
    for option in refused {
      #expect(throws: BotError.self) { try command(options: [option]).validate() }
    }
  }

  @Test func usageNamesTheOptions() {
    let command = command(
      options: [
        .string("colour", "d", required: true, choices: ["red", "blue"]), .integer("times", "d"),
      ])
    #expect(command.usage(prefix: "!") == "!echo <red|blue> [times]")
  }
}
