package import JSONValues

/// A fault as text, for programs in other languages: `{"effect": "close", "code": 4000,
/// "dispatch": 12}`.
extension GatewayFault {
  /// The fault that the object tells, nil if it tells none. Without a trigger it happens at once;
  /// times are milliseconds.
  package init?(json: JSONValue) {
    guard let effect = Effect(json: json) else { return nil }
    func number(_ name: String) -> Int? { json[name]?.integer.flatMap { Int(exactly: $0) } }
    let trigger: Trigger =
      if let count = number("dispatch") {
        .dispatch(count)
      } else if let count = number("replay") {
        .replay(count)
      } else if let count = number("connection") {
        .connection(count)
      } else if let time = json["time"]?.integer {
        .time(.milliseconds(time))
      } else {
        .now
      }
    self.init(trigger, effect)
  }
}

extension GatewayFault.Effect {
  init?(json: JSONValue) {
    let length = Duration.milliseconds(json["milliseconds"]?.integer ?? 1000)
    let count = Int(clamping: max(json["count"]?.integer ?? 1, 0))
    switch json["effect"]?.string {
    case "reconnect": self = .reconnect
    case "invalid_session": self = .invalidSession(resumable: json["resumable"]?.bool ?? false)
    case "request_heartbeat": self = .requestHeartbeat
    case "reset": self = .reset
    case "silence": self = .silence
    case "close":
      guard let code = json["code"]?.integer.flatMap({ UInt16(exactly: $0) }) else { return nil }
      self = .close(code)
    case "mute_acknowledgements": self = .muteAcknowledgements
    case "refuse_resumes": self = .refuseResumes(count)
    case "late_hello": self = .lateHello(length)
    case "repeat_replay": self = .repeatReplay(count)
    case "slow_dispatch": self = .slowDispatch(length, count: count)
    case "garbage": self = .garbage(json["text"]?.string ?? "garbage")
    case "refuse_connections": self = .refuseConnections(length)
    default: return nil
    }
  }
}
