import JSONValues

/// What people and accidents do in the simulated Discord, by HTTP, for test programs in other
/// languages. No part of Discord's API; the paths begin with `/simulator`.
///
/// | call | does | answers |
/// | --- | --- | --- |
/// | `GET /simulator` | | the gateway's statistics and sessions |
/// | `POST /simulator/message` `{user, channel, content}` | somebody posts | the message |
/// | `POST /simulator/voice` `{user, guild, channel}` | somebody joins a voice channel, leaves with `null` | 204 |
/// | `POST /simulator/command` `{user, channel, name, options}` | somebody uses a slash command | the interaction's id |
/// | `POST /simulator/bot` `{name, guild, permissions, flags}` | an application's bot joins a guild | its id and token |
/// | `POST /simulator/fault` `{effect, …}` | a fault of the gateway | 204 |
///
/// What people say in voice, and what goes wrong there: `DiscordSimulator+VoiceControl.swift`.
extension DiscordSimulator {
  /// Answers a call of the simulator's own, nil for any other.
  func control(_ request: SimulatedRequest) -> SimulatedResponse? {
    guard request.path == "/simulator" || request.path.hasPrefix("/simulator/") else { return nil }
    if let answer = voiceControl(request) { return answer }
    if request.method == "GET", request.path == "/simulator" { return .json(gatewayReport()) }
    guard request.method == "POST", let body = try? JSONValue(parsing: request.body) else {
      return controlFailure("POST with a JSON object is asked for")
    }
    switch request.path {
    case "/simulator/message": return controlMessage(body)
    case "/simulator/voice": return controlVoice(body)
    case "/simulator/command": return controlCommand(body)
    case "/simulator/bot": return controlBot(body)
    case "/simulator/fault":
      guard let fault = GatewayFault(json: body) else {
        return controlFailure("no such effect: \(body["effect"]?.string ?? "none")")
      }
      inject(fault)
      return .noContent
    default: return controlFailure("no such call: \(request.path)")
    }
  }

  private func controlMessage(_ body: JSONValue) -> SimulatedResponse {
    guard let user = body["user"]?.snowflake, let channel = body["channel"]?.snowflake,
      let content = body["content"]?.string, world.users[user] != nil,
      world.channels[channel] != nil
    else { return controlFailure("user, channel and content are needed") }
    let message = post(as: user, in: channel, content)
    return .json(world.json(message: message, for: nil))
  }

  private func controlVoice(_ body: JSONValue) -> SimulatedResponse {
    guard let user = body["user"]?.snowflake, let guild = body["guild"]?.snowflake else {
      return controlFailure("user and guild are needed")
    }
    guard world.guilds[guild]?.members[user] != nil else {
      return controlFailure("the user is not in the guild")
    }
    if let channel = body["channel"]?.snowflake {
      guard world.channels[channel]?.kind.isVoice == true else {
        return controlFailure("the channel is no voice channel")
      }
      joinVoice(user, channel)
    } else {
      leaveVoice(user, guild: guild)
    }
    return .noContent
  }

  private func controlCommand(_ body: JSONValue) -> SimulatedResponse {
    guard let user = body["user"]?.snowflake, let channel = body["channel"]?.snowflake,
      let name = body["name"]?.string
    else { return controlFailure("user, channel and name are needed") }
    let interaction = invoke(name, options: body["options"]?.array ?? [], by: user, in: channel)
    guard let interaction else { return controlFailure("no such command, or not for this user") }
    return .json(["id": .id(interaction.id), "application_id": .id(interaction.applicationID)])
  }

  private func controlBot(_ body: JSONValue) -> SimulatedResponse {
    guard let name = body["name"]?.string, let guild = body["guild"]?.snowflake,
      let owner = world.guilds[guild]?.ownerID
    else { return controlFailure("name and guild are needed") }
    let permissions = Permissions(rawValue: body["permissions"]?.snowflake ?? 8)
    let flags = World.Application.Flags(rawValue: body["flags"]?.integer ?? (1 << 15 | 1 << 19))
    let application = mutate { world, now in
      let application = world.createApplication(
        name, owner: owner, token: "simulated.\(name).token", flags: flags, now: now)
      let role = world.createRole(name, permissions: permissions, in: guild, now: now)
      world.addMember(application.id, to: guild, roles: [role.id], now: now)
      return application
    }
    return .json(["id": .id(application.id), "token": .string(application.token)])
  }

  private func gatewayReport() -> JSONValue {
    let statistics = gatewayStatistics
    func codes(_ counts: [UInt16: Int]) -> JSONValue {
      .object(
        Dictionary(
          uniqueKeysWithValues: counts.map { (String($0.key), .integer(Int64($0.value))) }))
    }
    return [
      "connections": .count(statistics.connections),
      "refused_connections": .count(statistics.refusedConnections),
      "identifies": .count(statistics.identifies), "resumes": .count(statistics.resumes),
      "identifies_too_soon": .count(statistics.identifiesTooSoon),
      "resumed": .count(statistics.resumed),
      "resumes_elsewhere": .count(statistics.resumesElsewhere),
      "heartbeats": .count(statistics.heartbeats), "dispatches": .count(statistics.dispatches),
      "replayed": .count(statistics.replayed), "closes": codes(statistics.closes),
      "client_closes": codes(statistics.clientCloses),
      "sessions": .array(
        gatewaySessions.map { session in
          [
            "id": .string(session.id), "user": .id(session.account.userID),
            "intents": .integer(Int64(clamping: session.intents)),
            "sequence": .count(session.sequence), "connected": .bool(session.isConnected),
          ]
        }),
    ]
  }

  func controlFailure(_ message: String) -> SimulatedResponse {
    .json(["message": .string(message)], status: 400)
  }
}
