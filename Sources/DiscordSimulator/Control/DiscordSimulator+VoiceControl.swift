internal import CaptureSynthesis
internal import JSONValues
internal import SystemPackage
internal import VoiceCrypto

/// Voice, by HTTP.
///
/// | call | does | answers |
/// | --- | --- | --- |
/// | `GET /simulator/voice` | | the voice servers' statistics and sessions |
/// | `GET /simulator/truth` | | the packets of speech that were sent to clients |
/// | `POST /simulator/speak` `{user, channel, …}` | somebody talks, in the DAVE group | 204 |
/// | `POST /simulator/quiet` `{user}` | they stop and leave | 204 |
/// | `POST /simulator/voice-fault` `{effect, …}` | a fault of voice | 204 |
///
/// `speak` takes `files` (paths of speech files; without, `seconds` of a made-up voice), `pause`
/// (milliseconds behind each), `repetitions` (0: until told to be quiet), `joins_after`
/// (milliseconds), `ppm`, `frozen_timestamps`, `leaves` and `keys` (`commit` or `execution`).
extension DiscordSimulator {
  /// Answers a call about voice, nil for any other.
  func voiceControl(_ request: SimulatedRequest) -> SimulatedResponse? {
    switch (request.method, request.path) {
    case ("GET", "/simulator/voice"): return .json(voiceReport())
    case ("GET", "/simulator/truth"): return .json(.array(truth.map(Self.json(packet:))))
    case ("POST", "/simulator/speak"), ("POST", "/simulator/quiet"),
      ("POST", "/simulator/voice-fault"):
      guard let body = try? JSONValue(parsing: request.body) else {
        return controlFailure("a JSON object is asked for")
      }
      return voiceControl(request.path, body)
    default: return nil
    }
  }

  private func voiceControl(_ path: String, _ body: JSONValue) -> SimulatedResponse {
    switch path {
    case "/simulator/voice-fault":
      guard let fault = VoiceFault(json: body) else {
        return controlFailure("no such effect: \(body["effect"]?.string ?? "none")")
      }
      inject(fault)
      return .noContent
    case "/simulator/quiet":
      guard let user = body["user"]?.snowflake else { return controlFailure("user is needed") }
      stopSpeaking(user)
      return .noContent
    default: return controlSpeak(body)
    }
  }

  private func controlSpeak(_ body: JSONValue) -> SimulatedResponse {
    guard let user = body["user"]?.snowflake, let channel = body["channel"]?.snowflake,
      let guild = world.channels[channel]?.guildID, world.channels[channel]?.kind.isVoice == true,
      world.guilds[guild]?.members[user] != nil
    else { return controlFailure("a member and a voice channel are needed") }
    do {
      let clips: [VoiceClip]
      if let files = body["files"]?.array {
        clips = try files.map { try VoiceClip(file: FilePath($0.string ?? "")) }
      } else {
        let seconds = min(max(body["seconds"]?.number ?? 5, 0.1), 600)
        let voice = Voice.synthetic(seconds: seconds, seed: user)
        clips = [try VoiceClip(voice, for: .milliseconds(Int64(seconds * 1000)))]
      }
      let repetitions = Int(clamping: body["repetitions"]?.integer ?? 1)
      var script = VoiceScript(
        clips, pause: .milliseconds(max(body["pause"]?.integer ?? 1000, 0)),
        repetitions: repetitions > 0 ? repetitions : nil,
        joinsAfter: .milliseconds(max(body["joins_after"]?.integer ?? 0, 0)))
      script.clockPPM = min(max(body["ppm"]?.number ?? 0, -1000), 1000)
      script.freezesTimestamps = body["frozen_timestamps"]?.bool ?? false
      script.leavesAtEnd = body["leaves"]?.bool ?? true
      if body["keys"] == "commit" { script.keyChange = .atCommit }
      speak(user, in: channel, script)
      return .noContent
    } catch {
      return controlFailure("the speech cannot be read: \(error)")
    }
  }

  private static func json(packet: ForwardedPacket) -> JSONValue {
    [
      "receiver": .id(packet.receiver), "user": .id(packet.user),
      "ssrc": .integer(Int64(packet.ssrc)), "sequence": .integer(Int64(packet.sequence)),
      "timestamp": .integer(Int64(packet.timestamp)),
      "speech_time": .string(String(packet.speechTime)),
      "sent_time": .string(String(packet.sentTime)), "fate": .string(packet.fate.rawValue),
      "opus": packet.opus.map {
        .string(String(decoding: Base64.encode(SecretBytes($0)).copy(), as: UTF8.self))
      } ?? .null,
    ]
  }

  private func voiceReport() -> JSONValue {
    let statistics = voiceStatistics
    func codes(_ counts: [UInt16: Int]) -> JSONValue {
      .object(
        Dictionary(uniqueKeysWithValues: counts.map { (String($0.key), .count($0.value)) }))
    }
    return [
      "connections": .count(statistics.connections), "identifies": .count(statistics.identifies),
      "resumes": .count(statistics.resumes), "resumed": .count(statistics.resumed),
      "replayed": .count(statistics.replayed), "heartbeats": .count(statistics.heartbeats),
      "invalid_commit_welcomes": .count(statistics.invalidCommitWelcomes),
      "epochs": .count(statistics.epochs), "ignored_mls": .count(statistics.ignoredMLS),
      "discoveries": .count(statistics.discoveries), "keepalives": .count(statistics.keepalives),
      "received": .count(statistics.received), "refused": .count(statistics.refused),
      "silenced": .count(statistics.silenced), "forwarded": .count(statistics.forwarded),
      "closes": codes(statistics.closes), "client_closes": codes(statistics.clientCloses),
      "sessions": .array(
        voiceSessions.map { session in
          [
            "user": .id(session.user), "guild": .id(session.guild),
            "channel": .id(session.channel), "ssrc": .integer(Int64(session.ssrc)),
            "scripted": .bool(session.isScripted), "described": .bool(session.isDescribed),
            "connected": .bool(session.connection != nil),
            "speaking": .bool(session.speaking != nil),
          ]
        }),
    ]
  }
}
