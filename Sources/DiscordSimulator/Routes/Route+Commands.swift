package import JSONValues

extension World {
  /// The application of a path, which must be the caller's own.
  fileprivate func ownApplication(_ call: Call) throws -> ID {
    let id = try call.id(0, "application_id")
    guard try call.applicationID == id else {
      throw applications[id] == nil ? APIFailure.unknownApplication : APIFailure.missingAccess
    }
    return id
  }

  fileprivate func commands(of application: ID, guild: ID?) -> [Command] {
    commands.values.filter { $0.applicationID == application && $0.guildID == guild }
      .sorted { $0.id < $1.id }
  }

  /// A command's object with the fields that Discord adds, after checking what was sent.
  fileprivate func checked(_ body: JSONValue, at path: [String]) throws -> JSONValue {
    var errors = FormErrors()
    let name = body["name"]?.string ?? ""
    let kind = body["type"]?.integer ?? 1
    if name.isEmpty {
      errors.add(path + ["name"], "BASE_TYPE_REQUIRED", "This field is required")
    } else if !(1...32).contains(name.unicodeScalars.count) {
      errors.add(
        path + ["name"], "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 32 in length.")
    } else if kind == 1, !Self.isCommandName(name) {
      errors.add(
        path + ["name"], "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    }
    let description = body["description"]?.string ?? ""
    if kind == 1 {
      if description.isEmpty {
        errors.add(path + ["description"], "BASE_TYPE_REQUIRED", "This field is required")
      } else if description.unicodeScalars.count > 100 {
        errors.add(
          path + ["description"], "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
      }
    }
    Self.check(options: body["options"]?.array ?? [], at: path + ["options"], &errors)
    try errors.check()
    return body.adding([
      "type": .integer(kind), "description": .string(description),
      "options": .array(body["options"]?.array ?? []),
      "default_member_permissions": body["default_member_permissions"] ?? .null,
      "dm_permission": body["dm_permission"] ?? true, "nsfw": body["nsfw"] ?? false,
      "contexts": body["contexts"] ?? .null, "integration_types": body["integration_types"] ?? [0],
      "name_localizations": .null, "description_localizations": .null,
    ])
  }

  private static func check(options: [JSONValue], at path: [String], _ errors: inout FormErrors) {
    if options.count > 25 {
      errors.add(path, "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    }
    var sawOptional = false
    var names: Set<String> = []
    for (index, option) in options.enumerated() {
      let place = path + ["\(index)"]
      let name = option["name"]?.string ?? ""
      if !isCommandName(name) {
        errors.add(
          place + ["name"], "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
      } else if !names.insert(name).inserted {
        errors.add(
          place + ["name"], "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
          "Option name already exists")
      }
      if (option["description"]?.string ?? "").isEmpty {
        errors.add(place + ["description"], "BASE_TYPE_REQUIRED", "This field is required")
      }
      if !(1...11).contains(option["type"]?.integer ?? 0) {
        errors.add(place + ["type"], "BASE_TYPE_CHOICES", "Value must be one of 1 to 11.")
      }
      if option["required"]?.bool == true {
        if sawOptional {
          errors.add(
            place, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
            "Required options must be placed before non-required options")
        }
      } else {
        sawOptional = true
      }
      check(options: option["options"]?.array ?? [], at: place + ["options"], &errors)
    }
  }

  /// Letters, digits, `-` and `_`, in lower case where there is one.
  private static func isCommandName(_ name: String) -> Bool {
    (1...32).contains(name.unicodeScalars.count) && name == name.lowercased()
      && name.unicodeScalars.allSatisfy {
        $0 == "-" || $0 == "_" || $0 == "'" || $0.properties.isAlphabetic
          || $0.properties.numericType != nil
      }
  }

  fileprivate mutating func register(
    _ json: JSONValue, _ application: ID, _ guild: ID?, now: Time
  ) -> Command {
    let kind = json["type"]?.integer ?? 1
    let name = json["name"]?.string ?? ""
    // The same name again is the same command, changed.
    let known = commands(of: application, guild: guild).first { $0.name == name && $0.kind == kind }
    let id = known?.id ?? makeID(at: now)
    var fields: [String: JSONValue] = [
      "id": .id(id), "application_id": .id(application), "version": .id(makeID(at: now)),
    ]
    if let guild { fields["guild_id"] = .id(guild) }
    let command = Command(
      id: id, applicationID: application, guildID: guild, kind: kind, name: name,
      json: json.adding(fields))
    commands[id] = command
    return command
  }

  /// Registers a command as its application would.
  @discardableResult
  package mutating func registerCommand(
    _ name: String, description: String, options: [JSONValue] = [], application: ID,
    guild: ID? = nil, now: Time
  ) -> Command? {
    let body: JSONValue = [
      "name": .string(name), "description": .string(description), "options": .array(options),
    ]
    guard let json = try? checked(body, at: []) else { return nil }
    return register(json, application, guild, now: now)
  }
}

extension Route {
  /// The same calls for all guilds and for one: the guild is the path's second open part.
  private static func commands(_ prefix: String, _ base: Int) -> [Route] {
    @Sendable func scope(_ world: World, _ call: Call) throws -> (World.ID, World.ID?) {
      let application = try world.ownApplication(call)
      guard base == 2 else { return (application, nil) }
      let guild = try call.id(1, "guild_id")
      guard world.guilds[guild]?.members[application] != nil else { throw APIFailure.missingAccess }
      return (application, guild)
    }
    @Sendable func command(_ world: World, _ call: Call) throws -> World.Command {
      let (application, guild) = try scope(world, call)
      guard let command = world.commands[try call.id(base, "command_id")],
        command.applicationID == application, command.guildID == guild
      else { throw APIFailure.unknownCommand }
      return command
    }
    return [
      Route("GET", prefix) { world, call in
        let (application, guild) = try scope(world, call)
        return .json(.array(world.commands(of: application, guild: guild).map(\.json)))
      },
      Route("PUT", prefix) { world, call in
        let (application, guild) = try scope(world, call)
        guard let list = call.body.array else {
          throw APIFailure.form([], "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        }
        let checked = try list.enumerated().map { try world.checked($1, at: ["\($0)"]) }
        let keys = checked.map { "\($0["type"]?.integer ?? 1) \($0["name"]?.string ?? "")" }
        guard Set(keys).count == keys.count else {
          throw APIFailure.form(
            [], "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        }
        for old in world.commands(of: application, guild: guild)
        where !keys.contains("\(old.kind) \(old.name)") {
          world.commands[old.id] = nil
        }
        let commands = checked.map { world.register($0, application, guild, now: call.now) }
        return .json(.array(commands.map(\.json)))
      },
      Route("POST", prefix) { world, call in
        let (application, guild) = try scope(world, call)
        let json = try world.checked(call.body, at: [])
        let count = world.commands.count
        let command = world.register(json, application, guild, now: call.now)
        return .json(command.json, status: world.commands.count > count ? 201 : 200)
      },
      Route("GET", "\(prefix)/{}") { world, call in .json(try command(world, call).json) },
      Route("PATCH", "\(prefix)/{}") { world, call in
        var command = try command(world, call)
        let json = try world.checked(command.json.adding(call.body.object ?? [:]), at: [])
        command.json = json
        command.name = json["name"]?.string ?? command.name
        world.commands[command.id] = command
        return .json(json)
      },
      Route("DELETE", "\(prefix)/{}") { world, call in
        world.commands[try command(world, call).id] = nil
        return .noContent
      },
    ]
  }

  static let commands: [Route] =
    commands("/applications/{}/commands", 1) + commands("/applications/{}/guilds/{}/commands", 2)
}
