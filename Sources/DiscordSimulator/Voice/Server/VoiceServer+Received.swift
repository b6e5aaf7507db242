import JSONValues

/// What clients send.
extension VoiceServer {
  /// A text frame of a connection.
  package mutating func received(
    _ text: [UInt8], from connection: UInt64, now: Duration, world: some VoiceWorld
  ) -> [VoiceOutput] {
    var outputs: [VoiceOutput] = []
    guard let open = connections[connection], open.phase != .ended else { return outputs }
    guard text.count <= 65_536, let payload = try? JSONValue(parsing: text),
      let op = payload["op"]?.integer
    else {
      close(connection, 4002, "Failed to decode payload.", now: now, &outputs)
      return outputs
    }
    let data = payload["d"] ?? .null
    switch (op, open.phase) {
    case (3, _): heartbeat(data, connection, now: now, &outputs)
    case (0, .greeted): identify(data, connection, now: now, world, &outputs)
    case (7, .greeted): resume(data, connection, now: now, &outputs)
    case (0, _), (7, _): close(connection, 4005, "Already authenticated.", now: now, &outputs)
    case (_, .ready(let id)): received(op, data, connection, session: id, now: now, &outputs)
    default: close(connection, 4003, "Not authenticated.", now: now, &outputs)
    }
    return outputs
  }

  private mutating func received(
    _ op: Int64, _ data: JSONValue, _ connection: UInt64, session id: UInt64, now: Duration,
    _ outputs: inout [VoiceOutput]
  ) {
    guard let session = sessions[id] else { return }
    switch op {
    case 1: selectProtocol(data, connection, session, now: now, &outputs)
    case 5:
      guard let flags = data["speaking"]?.integer else {
        return close(connection, 4002, "Failed to decode payload.", now: now, &outputs)
      }
      spoke(session, flags: flags, now: now, &outputs)
    case 12:
      // Discord's own clients tell their video this way; the audio SSRC is the session's.
      relay(.json(12, data.adding(["user_id": .id(session.user)])), of: session, now: now, &outputs)
    case 14, 15, 17: break
    case 16:
      outputs.append(direct(16, ["voice": "0.9.0", "rtc_worker": "0.3.35"], to: connection))
    case 23:
      guard let transition = data["transition_id"]?.integer.flatMap({ UInt16(exactly: $0) })
      else { return close(connection, 4002, "Failed to decode payload.", now: now, &outputs) }
      inRoom(session.channel, now: now, &outputs) {
        $0.ready(session.user, transition: transition, now: now)
      }
    case 31:
      guard data["transition_id"]?.integer != nil else {
        return close(connection, 4002, "Failed to decode payload.", now: now, &outputs)
      }
      statistics.invalidCommitWelcomes += 1
      inRoom(session.channel, now: now, &outputs) {
        $0.invalidCommitWelcome(from: session.user, now: now)
      }
    default: close(connection, 4001, "Unknown opcode.", now: now, &outputs)
    }
  }

  /// A binary frame: an opcode, and what belongs to it.
  package mutating func received(
    binary bytes: [UInt8], from connection: UInt64, now: Duration
  ) -> [VoiceOutput] {
    var outputs: [VoiceOutput] = []
    guard let open = connections[connection], open.phase != .ended else { return outputs }
    guard case .ready(let id) = open.phase, let session = sessions[id] else {
      close(connection, 4003, "Not authenticated.", now: now, &outputs)
      return outputs
    }
    guard let op = bytes.first, bytes.count <= 1 << 20 else {
      close(connection, 4002, "Failed to decode payload.", now: now, &outputs)
      return outputs
    }
    let payload = Array(bytes.dropFirst())
    switch op {
    case 26:
      inRoom(session.channel, now: now, &outputs) {
        $0.keyPackage(payload, from: session.user, now: now)
      }
    case 28:
      inRoom(session.channel, now: now, &outputs) {
        $0.commitWelcome(payload, from: session.user, now: now)
      }
    default: close(connection, 4001, "Unknown opcode.", now: now, &outputs)
    }
    return outputs
  }

  mutating func inRoom(
    _ channel: UInt64, now: Duration, _ outputs: inout [VoiceOutput],
    _ change: (inout VoiceRoom) -> [VoiceRoom.Output]
  ) {
    guard var room = rooms[channel] else { return }
    let roomOutputs = change(&room)
    rooms[channel] = room
    perform(roomOutputs, in: channel, now: now, &outputs)
  }

  private mutating func heartbeat(
    _ data: JSONValue, _ connection: UInt64, now: Duration, _ outputs: inout [VoiceOutput]
  ) {
    // Version 8 has an object; what older ones sent is refused.
    guard let nonce = data["t"] else {
      return close(connection, 4002, "Failed to decode payload.", now: now, &outputs)
    }
    statistics.heartbeats += 1
    connections[connection]?.lastHeartbeat = now
    if case .ready(let id)? = connections[connection]?.phase,
      let number = data["seq_ack"]?.integer
    {
      sessions[id]?.acknowledge(number)
    }
    guard connections[connection]?.isMuted == false else { return }
    outputs.append(direct(6, ["t": nonce], to: connection))
  }

  /// Op 5: now others know the SSRC, and the client hears them.
  mutating func spoke(
    _ session: VoiceServerSession, flags: Int64, now: Duration, _ outputs: inout [VoiceOutput]
  ) {
    let isFirst = session.speaking == nil
    sessions[session.id]?.speaking = flags
    if isFirst { allow(session.id, &outputs) }
    guard session.isDescribed else { return }
    relay(Self.speaking(session, flags), of: session, now: now, &outputs)
  }

  static func speaking(_ session: VoiceServerSession, _ flags: Int64) -> VoiceMessage {
    .json(
      5,
      [
        "user_id": .id(session.user), "ssrc": .integer(Int64(session.ssrc)),
        "speaking": .integer(flags),
      ])
  }

  /// To everybody else in the call.
  mutating func relay(
    _ message: VoiceMessage, of session: VoiceServerSession, now: Duration,
    _ outputs: inout [VoiceOutput]
  ) {
    for other in sessions(in: session.channel) where other.id != session.id {
      tell(message, to: other, now: now, &outputs)
    }
  }

  /// Op 5 may come late, or never, by a fault.
  mutating func tell(
    _ message: VoiceMessage, to session: VoiceServerSession, now: Duration,
    _ outputs: inout [VoiceOutput]
  ) {
    if message.op == 5, let delay = session.speakingDelay {
      guard let delay else { return }
      scheduled.append((now + delay, .message(message, session: session.id)))
    } else {
      deliver(message, to: session.id, now: now, &outputs)
    }
  }

  /// Tells the forwarder who may talk and hear.
  func allow(_ id: UInt64, _ outputs: inout [VoiceOutput]) {
    guard let session = sessions[id] else { return }
    let hasSpoken = session.speaking != nil
    outputs.append(
      .media(
        .allow(
          ssrc: session.ssrc, talking: hasSpoken && session.place.mayTalk,
          hearing: session.place.mayHear && (hasSpoken || !rules.requiresSpeakingToHear))))
  }
}
