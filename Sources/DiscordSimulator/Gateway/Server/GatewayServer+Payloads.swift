import JSONValues

/// What clients send.
extension GatewayServer {
  /// A text or binary frame of a connection.
  package mutating func received(
    _ text: [UInt8], from connection: UInt64, now: Duration, world: some GatewayWorld
  ) -> [GatewayOutput] {
    var outputs: [GatewayOutput] = []
    guard let phase = connections[connection]?.phase, phase != .ended else { return outputs }
    guard connections[connection]?.countSend(now: now, rules: rules) ?? false else {
      close(connection, 4008, "You are being rate limited.", now: now, &outputs)
      return outputs
    }
    guard text.count <= rules.payloadLimit, let payload = try? JSONValue(parsing: text),
      case .object = payload, let op = payload["op"]?.integer
    else {
      close(connection, 4002, "Error while decoding payload.", now: now, &outputs)
      return outputs
    }
    let data = payload["d"] ?? .null
    switch (op, phase) {
    case (1, _): heartbeat(data, connection, now: now, &outputs)
    case (2, .greeted): identify(data, connection, now: now, world, &outputs)
    case (6, .greeted): resume(data, connection, now: now, world, &outputs)
    case (2, _), (6, _):
      close(connection, 4005, "Already authenticated.", now: now, &outputs)
    case (3, .ready), (31, .ready), (43, .ready):
      // Presence is accepted, and nobody told; sounds and channel details the world has not.
      guard case .object = data else {
        close(connection, 4002, "Error while decoding payload.", now: now, &outputs)
        return outputs
      }
    case (4, .ready(let session)): voiceState(data, session, connection, now: now, &outputs)
    case (8, .ready(let session)):
      requestMembers(data, session, connection, now: now, world, &outputs)
    case (3, _), (4, _), (8, _), (31, _), (43, _):
      close(connection, 4003, "Not authenticated.", now: now, &outputs)
    default: close(connection, 4001, "Unknown opcode.", now: now, &outputs)
    }
    return outputs
  }

  /// A frame that is not text; clients of JSON send none.
  package mutating func receivedBinary(
    from connection: UInt64, now: Duration
  ) -> [GatewayOutput] {
    var outputs: [GatewayOutput] = []
    close(connection, 4002, "Error while decoding payload.", now: now, &outputs)
    return outputs
  }

  private mutating func heartbeat(
    _ data: JSONValue, _ connection: UInt64, now: Duration, _ outputs: inout [GatewayOutput]
  ) {
    statistics.heartbeats += 1
    connections[connection]?.lastHeartbeat = now
    guard connections[connection]?.isMuted == false else { return }
    outputs.append(.send(connection, payload(11, .null)))
  }

  private mutating func voiceState(
    _ data: JSONValue, _ session: String, _ connection: UInt64, now: Duration,
    _ outputs: inout [GatewayOutput]
  ) {
    guard let guild = data["guild_id"]?.snowflake, let user = sessions[session]?.account.userID
    else {
      close(connection, 4002, "Error while decoding payload.", now: now, &outputs)
      return
    }
    outputs.append(
      .voiceState(
        GatewayVoiceRequest(
          sessionID: session, userID: user, guildID: guild,
          channelID: data["channel_id"]?.snowflake, selfMute: data["self_mute"]?.bool ?? false,
          selfDeaf: data["self_deaf"]?.bool ?? false)))
  }

  /// Closes a connection; its session waits for a resume unless the code ends it.
  mutating func close(
    _ connection: UInt64, _ code: UInt16, _ reason: String, now: Duration,
    _ outputs: inout [GatewayOutput]
  ) {
    guard let open = connections[connection], open.phase != .ended else { return }
    statistics.closes[code, default: 0] += 1
    outputs.append(.close(connection, code: code, reason: reason))
    end(connection, now: now)
    if GatewayFault.endsSession(code), let id = open.lastSession,
      sessions[id]?.connection == nil
    {
      endSession(id)
    }
  }

  /// The server is done with a connection, which its session waits without.
  mutating func end(_ connection: UInt64, now: Duration) {
    connections[connection]?.phase = .ended
    guard let id = connections[connection]?.lastSession,
      sessions[id]?.connection == connection
    else { return }
    detach(id, now: now)
  }

  mutating func detach(_ id: String, now: Duration) {
    sessions[id]?.connection = nil
    sessions[id]?.detachedAt = now
  }
}
