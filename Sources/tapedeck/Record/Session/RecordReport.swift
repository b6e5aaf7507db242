internal import DiscordREST
internal import JSONValues
internal import Recorder

/// What `record --status json` tells programs.
enum RecordReport {
  static func progress(_ status: RecordingStatus) -> [String: JSONValue] {
    let connection =
      switch status.connection {
      case .joining: "joining"
      case .connected: "connected"
      case .reconnecting: "reconnecting"
      case .ended: "ended"
      }
    var fields = counts(status)
    fields["phase"] = "recording"
    fields["connection"] = .string(connection)
    fields["encryption"] = .string(encryption(status))
    fields["talking"] = .integer(Int64(status.speakers.count { $0.isSpeaking }))
    fields["free_bytes"] = status.freeBytes.map { .integer($0) } ?? .null
    fields["alerts"] = .array(status.alerts.map { .string($0.cause.rawValue) })
    return fields
  }

  static func counts(_ status: RecordingStatus) -> [String: JSONValue] {
    [
      "elapsed": .number(((status.elapsed / .milliseconds(100)).rounded(.down)) / 10),
      "packets": .integer(Int64(clamping: status.packets)),
      "bytes": .integer(Int64(clamping: status.bytesWritten)),
      "dropped": .integer(Int64(clamping: status.drops.total)),
      "connections": .integer(Int64(status.connections)),
      "speakers": .array(status.speakers.map(speaker)),
    ]
  }

  private static func speaker(_ speaker: RecordingStatus.Speaker) -> JSONValue {
    [
      "user": .string(speaker.id.description), "bot": .bool(speaker.isBot),
      "present": .bool(speaker.isPresent), "talking": .bool(speaker.isSpeaking),
      "packets": .integer(Int64(clamping: speaker.packets)),
      "lost": .integer(Int64(clamping: speaker.lost)),
    ]
  }

  private static func encryption(_ status: RecordingStatus) -> String {
    switch status.encryption {
    case .unknown: "unknown"
    case .off: "off"
    case .stage: "stage"
    case .pending: "pending"
    case .on: "on"
    }
  }

  static func warning(_ alert: Alert, isOver: Bool) -> [String: JSONValue] {
    [
      "code": .string(alert.cause.rawValue), "message": .string(alert.message),
      "cleared": .bool(isOver),
    ]
  }
}
