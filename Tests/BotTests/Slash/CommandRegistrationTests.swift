import DiscordREST
import JSONValues
import Testing

@testable import Bot

@Suite struct CommandRegistrationTests {
  private let echo = Command(
    "echo", description: "Says it",
    options: [
      .string("text", "What", required: true), .integer("times", "How often", range: 1...5),
      CommandOption("size", "d", kind: .number, choices: [.init("big", .number(2.5))]),
    ], permissions: Permissions(rawValue: 1 << 13)
  ) { _ in }

  @Test func theJSONIsDiscords() {
    let json: JSONValue = [
      "name": "echo", "description": "Says it", "type": 1, "default_member_permissions": "8192",
      "contexts": [0],
      "options": [
        ["name": "text", "description": "What", "type": 3, "required": true],
        [
          "name": "times", "description": "How often", "type": 4, "min_value": 1, "max_value": 5,
        ],
        [
          "name": "size", "description": "d", "type": 10,
          "choices": [["name": "big", "value": 2.5]],
        ],
      ],
    ]
    #expect(CommandRegistration.json(of: echo, global: true) == json)
    var inGuild = json
    inGuild["contexts"] = nil
    #expect(CommandRegistration.json(of: echo, global: false) == inGuild)
  }

  /// What Discord answers: all fields, with its defaults.
  private func registered(_ command: JSONValue) -> JSONValue {
    var command = command
    let more: [String: JSONValue] = [
      "id": "77", "application_id": "5", "version": "78", "nsfw": false, "dm_permission": true,
      "name_localizations": .null, "description_localizations": .null,
      "integration_types": [0], "default_permission": true,
    ]
    for (key, value) in more { command[key] = value }
    if command["contexts"] == nil { command["contexts"] = .null }
    if command["default_member_permissions"] == nil {
      command["default_member_permissions"] = .null
    }
    guard let options = command["options"]?.array else { return command }
    command["options"] = .array(
      options.map { option in
        var option = option
        option["name_localizations"] = .null
        if option["required"] == nil { option["required"] = false }
        if let least = option["min_value"]?.number { option["min_value"] = .number(least) }
        return option
      })
    return command
  }

  @Test func whatIsRegisteredAlreadyIsNotSentAgain() {
    for global in [true, false] {
      let json = CommandRegistration.json(of: echo, global: global)
      let overwrite = CommandRegistration.overwrite(registered: [registered(json)], wanted: [json])
      #expect(overwrite == nil)
    }
    #expect(CommandRegistration.overwrite(registered: [], wanted: []) == nil)
  }

  @Test func eachChangeIsSent() {
    let json = CommandRegistration.json(of: echo, global: true)
    func isSent(_ change: (inout Command) -> Void) -> Bool {
      var changed = echo
      change(&changed)
      let wanted = CommandRegistration.json(of: changed, global: true)
      return CommandRegistration.overwrite(registered: [registered(json)], wanted: [wanted])
        == [wanted]
    }
    #expect(isSent { $0.name = "say" })
    #expect(isSent { $0.description = "Else" })
    #expect(isSent { $0.permissions = nil })
    #expect(isSent { $0.isGuildOnly = false })
    #expect(isSent { $0.options = [] })
    #expect(isSent { $0.options[0].isRequired = false })
    #expect(isSent { $0.options[1].range = 1...6 })
    #expect(isSent { $0.options[2].choices[0].value = .number(3) })
    #expect(isSent { $0.options[2].choices[0].name = "huge" })
    #expect(isSent { $0.options.swapAt(1, 2) })
    #expect(!isSent { $0.isEphemeral = true })
  }

  @Test func removalIsSent() {
    let json = CommandRegistration.json(of: echo, global: true)
    #expect(CommandRegistration.overwrite(registered: [registered(json)], wanted: []) == [])
  }

  @Test func entriesOfOtherKindsStay() {
    let json = CommandRegistration.json(of: echo, global: true)
    let entryPoint: JSONValue = ["id": "9", "name": "launch", "type": 4, "handler": 2]
    let menu: JSONValue = ["id": "10", "name": "Report", "type": 3]
    let others = [entryPoint, menu]
    #expect(
      CommandRegistration.overwrite(registered: others, wanted: [json])
        == .array([json] + others))
    #expect(
      CommandRegistration.overwrite(registered: [registered(json)] + others, wanted: [json]) == nil)
    #expect(
      CommandRegistration.overwrite(registered: [registered(json)] + others, wanted: [])
        == .array(others))
  }
}
