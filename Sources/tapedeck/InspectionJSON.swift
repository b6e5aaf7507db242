internal import CaptureLog
internal import JSONValues
internal import Render

/// An inspection for programs.
enum InspectionJSON {
  static func value(_ inspection: CaptureInspection) -> JSONValue {
    let counts = inspection.counts
    return .object([
      "schema": .string("tapedeck.inspection/1"),
      "capture": .string(inspection.session.id),
      "complete": .bool(inspection.isComplete),
      "live": .bool(inspection.isLive),
      "session": session(inspection),
      "keys": inspection.hasKeys.map { .bool($0) } ?? .null,
      "segments": .integer(Int64(inspection.segments)),
      "bytes": .integer(inspection.bytes),
      "datagrams": .object([
        "outbound": integer(counts.outbound), "rtcp": integer(counts.rtcp),
        "keepalive": integer(counts.keepalive), "discovery": integer(counts.discovery),
        "other_rtp": integer(counts.otherRTP), "foreign": integer(counts.foreign),
      ]),
      "connections": .array(
        inspection.connections.map {
          .object([
            "connection": .integer(Int64($0.number)), "mode": .string($0.mode),
            "dave": .integer(Int64($0.dave)),
          ])
        }),
      "drops": .object(inspection.drops.mapValues { integer($0) }),
      "damage_count": .integer(Int64(inspection.damageCount)),
      "damages": .array(
        inspection.damages.prefix(100).map {
          .object([
            "cause": .string($0.cause.rawValue), "segment": .string($0.segment),
            "offset": .integer($0.offset), "length": .integer($0.length),
            "missing": integer($0.missing),
          ])
        }),
      "speakers": .array(inspection.speakers.map(speaker)),
      "participants": .array(inspection.participants.map { .string($0) }),
    ])
  }

  private static func session(_ inspection: CaptureInspection) -> JSONValue {
    let session = inspection.session
    return .object([
      "guild_id": .string(session.guildID), "guild_name": string(session.guildName),
      "channel_id": .string(session.channelID), "channel_name": string(session.channelName),
      "start": .string(UTCTime.text(unixNanoseconds: inspection.zero)),
      "seconds": number(inspection.seconds), "source": .string(session.source),
      "build": .string(session.build), "encrypted_at_rest": .bool(session.encryptedAtRest),
      "recipients": .array(session.recipients.map { .string($0) }),
    ])
  }

  private static func speaker(_ speaker: CaptureInspection.Speaker) -> JSONValue {
    .object([
      "id": .string(speaker.id), "user_id": string(speaker.userID),
      "names": .object([
        "nick": string(speaker.names.nick), "global": string(speaker.names.global),
        "username": string(speaker.names.username),
      ]),
      "bot": .bool(speaker.isBot),
      "ssrcs": .array(speaker.ssrcs.map { .integer(Int64($0)) }),
      "packets": .integer(speaker.packets), "missing": .integer(speaker.missing),
      "gaps": .integer(speaker.gaps), "duplicates": .integer(speaker.duplicates),
      "loss": number(speaker.loss, 1e6), "jitter_ms": number(speaker.jitterMilliseconds),
      "ppm": speaker.ppm.map { number($0) } ?? .null, "talk_seconds": number(speaker.talkSeconds),
      "first": number(speaker.first), "last": number(speaker.last),
      "e2ee": .string(speaker.e2ee.rawValue),
      "activity": .array(speaker.activity.map { number($0) }),
    ])
  }

  private static func string(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  private static func integer(_ value: UInt64) -> JSONValue { .integer(Int64(clamping: value)) }

  private static func number(_ value: Double, _ scale: Double = 1000) -> JSONValue {
    // Adding 0 makes 0 of -0.
    value.isFinite ? .number((value * scale).rounded() / scale + 0) : .null
  }
}
