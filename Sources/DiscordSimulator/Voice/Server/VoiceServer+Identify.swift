internal import CaptureSynthesis
import JSONValues
internal import VoiceCrypto

/// Op 0, 1 and 7: how a connection gets its session, and the session its key.
extension VoiceServer {
  mutating func identify(
    _ data: JSONValue, _ connection: UInt64, now: Duration, _ world: some VoiceWorld,
    _ outputs: inout [VoiceOutput]
  ) {
    guard let guild = data["server_id"]?.snowflake, let user = data["user_id"]?.snowflake,
      let sessionID = data["session_id"]?.string, let token = data["token"]?.string
    else { return close(connection, 4002, "Failed to decode payload.", now: now, &outputs) }
    if refusedIdentifies.count > 0 {
      refusedIdentifies.count -= 1
      return close(connection, refusedIdentifies.code, "A scripted fault.", now: now, &outputs)
    }
    guard let grant = grants[UserInGuild(user: user, guild: guild)], grant.token == token,
      grant.server == connections[connection]?.server
    else { return close(connection, 4004, "Authentication failed.", now: now, &outputs) }
    guard let place = world.voicePlace(of: user, in: guild), place.sessionID == sessionID,
      place.channel == grant.place.channel
    else { return close(connection, 4006, "Session is no longer valid.", now: now, &outputs) }
    let newest = data["max_dave_protocol_version"]?.integer ?? 0
    if rules.usesEndToEnd, !place.isStage, newest < 1 {
      return close(connection, 4017, "E2EE/DAVE protocol required.", now: now, &outputs)
    }
    // A user has one session in a guild.
    for other in sessions.values where other.user == user && other.guild == guild {
      if let old = other.connection {
        close(old, 4006, "Session is no longer valid.", now: now, &outputs)
      }
      outputs += end(other.id, now: now)
    }
    statistics.identifies += 1
    let session = makeSession(
      user: user, guild: guild, place: place, token: token, connection: connection,
      isScripted: false)
    connections[connection]?.phase = .ready(session.id)
    connections[connection]?.lastSession = session.id
    outputs.append(
      .media(
        .add(ssrc: session.ssrc, user: user, channel: place.channel, isScripted: false)))
    outputs.append(
      direct(
        2,
        [
          "ssrc": .integer(Int64(session.ssrc)), "ip": .string(udp.address),
          "port": .integer(Int64(udp.port)), "modes": .array(rules.modes.map { .string($0) }),
          "experiments": [],
        ], to: connection))
    introduce(session, now: now, &outputs)
  }

  /// Ops 11, 18 and 20: who is there, to the newcomer, and the newcomer to them.
  mutating func introduce(
    _ session: VoiceServerSession, now: Duration, _ outputs: inout [VoiceOutput]
  ) {
    let others = sessions(in: session.channel).filter { $0.id != session.id }
    if !others.isEmpty {
      let ids = JSONValue.array(others.map { .id($0.user) })
      deliver(.json(11, ["user_ids": ids]), to: session.id, now: now, &outputs)
    }
    for other in others {
      for message in Self.particulars(other.user) {
        deliver(message, to: session.id, now: now, &outputs)
      }
      deliver(
        .json(11, ["user_ids": [.id(session.user)]]), to: other.id, now: now, &outputs)
      for message in Self.particulars(session.user) {
        deliver(message, to: other.id, now: now, &outputs)
      }
    }
  }

  private static func particulars(_ user: UInt64) -> [VoiceMessage] {
    [
      .json(18, ["user_id": .id(user), "flags": 2]),
      .json(20, ["user_id": .id(user), "platform": .integer(Int64(user >> 22 & 1))]),
    ]
  }

  mutating func selectProtocol(
    _ data: JSONValue, _ connection: UInt64, _ session: VoiceServerSession, now: Duration,
    _ outputs: inout [VoiceOutput]
  ) {
    guard data["protocol"]?.string == "udp" else {
      return close(connection, 4012, "Unknown protocol.", now: now, &outputs)
    }
    guard let address = data["data"]?["address"]?.string,
      let port = data["data"]?["port"]?.integer.flatMap({ UInt16(exactly: $0) }),
      let mode = data["data"]?["mode"]?.string
    else { return close(connection, 4002, "Failed to decode payload.", now: now, &outputs) }
    guard rules.modes.contains(mode) else {
      return close(connection, 4016, "Unknown encryption mode.", now: now, &outputs)
    }
    let key = randomBytes(32)
    outputs.append(
      .media(
        .describe(ssrc: session.ssrc, mode: mode, key: key, address: address, port: port)))
    sessions[session.id]?.isDescribed = true
    let version = enter(session, now: now)
    deliver(
      .json(
        4,
        [
          "mode": .string(mode), "secret_key": .array(key.map { .integer(Int64($0)) }),
          "dave_protocol_version": .count(version), "audio_codec": "opus", "video_codec": "H264",
          "media_session_id": .string(World.token(session.id, length: 32)),
        ]), to: session.id, now: now, &outputs)
    begin(session.id, now: now, &outputs)
  }

  /// Puts a session into its call; gives the version of it.
  mutating func enter(_ session: VoiceServerSession, now: Duration) -> Int {
    let isEncrypted = rules.usesEndToEnd && !session.place.isStage
    let room =
      rooms[session.channel]
      ?? VoiceRoom(
        channel: session.channel, version: isEncrypted ? 1 : 0,
        random: random.child(session.channel))
    rooms[session.channel] = room
    _ = random.next()
    sessions[session.id]?.version = room.versionForNewcomers
    return room.versionForNewcomers
  }

  /// What follows op 4: the external sender, and the SSRCs that are known.
  mutating func begin(_ id: UInt64, now: Duration, _ outputs: inout [VoiceOutput]) {
    guard let session = sessions[id] else { return }
    inRoom(session.channel, now: now, &outputs) { $0.join(session.user, now: now) }
    for other in sessions(in: session.channel) where other.id != id {
      if let flags = other.speaking {
        tell(Self.speaking(other, flags), to: session, now: now, &outputs)
      }
    }
    // Whoever spoke before op 4 is told of now.
    if let flags = session.speaking {
      relay(Self.speaking(session, flags), of: session, now: now, &outputs)
    }
    allow(id, &outputs)
  }

  mutating func resume(
    _ data: JSONValue, _ connection: UInt64, now: Duration, _ outputs: inout [VoiceOutput]
  ) {
    guard let guild = data["server_id"]?.snowflake, let sessionID = data["session_id"]?.string,
      let token = data["token"]?.string
    else { return close(connection, 4002, "Failed to decode payload.", now: now, &outputs) }
    statistics.resumes += 1
    if refusedResumes > 0 {
      refusedResumes -= 1
      for session in sessions.values where session.token == token && session.guild == guild {
        outputs += end(session.id, now: now)
      }
      return close(connection, 4006, "Session is no longer valid.", now: now, &outputs)
    }
    let repeated = repeatedReplay
    let found = sessions.values.first {
      $0.guild == guild && $0.gatewaySession == sessionID && $0.token == token && !$0.isScripted
    }
    guard let session = found,
      let frames = session.replay(after: data["seq_ack"]?.integer ?? -1, repeated: repeated)
    else { return close(connection, 4006, "Session is no longer valid.", now: now, &outputs) }
    repeatedReplay = 0
    if let old = session.connection {
      connections[old]?.phase = .ended
      outputs.append(
        .close(connection: old, code: 4000, reason: "The session was resumed elsewhere."))
    }
    sessions[session.id]?.connection = connection
    sessions[session.id]?.detachedAt = nil
    connections[connection]?.phase = .ready(session.id)
    connections[connection]?.lastSession = session.id
    statistics.resumed += 1
    statistics.replayed += frames.count
    outputs.append(direct(9, .null, to: connection))
    outputs += frames.map { .send(connection: connection, $0) }
  }
}
