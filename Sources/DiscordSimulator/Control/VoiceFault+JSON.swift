package import JSONValues

/// A fault of voice as text, for programs in other languages: `{"effect": "loss", "share": 0.1,
/// "milliseconds": 5000, "user": "…"}`.
extension VoiceFault {
  /// The fault that the object tells, nil if it tells none. `milliseconds` is how long it lasts
  /// (10 s without), `user` whom it happens to (everybody without), `at` how many milliseconds after
  /// the simulator's start (at once without).
  package init?(json: JSONValue) {
    guard let effect = Effect(json: json) else { return nil }
    self.init(
      effect, user: json["user"]?.snowflake,
      at: json["at"]?.integer.map { .milliseconds($0) })
  }
}

extension VoiceFault.Effect {
  init?(json: JSONValue) {
    let share = min(max(json["share"]?.number ?? 0.1, 0), 1)
    let length = Duration.milliseconds(json["milliseconds"]?.integer ?? 10_000)
    let delay = Duration.milliseconds(json["delay"]?.integer ?? 100)
    let count = Int(clamping: max(json["count"]?.integer ?? 1, 0))
    let isOn = json["on"]?.bool ?? true
    let code = UInt16(exactly: json["code"]?.integer ?? 4006)
    switch json["effect"]?.string {
    case "loss": self = .loss(share, for: length)
    case "burst": self = .burst(packets: count)
    case "reorder": self = .reorder(share, for: length)
    case "duplicate": self = .duplicate(share, for: length)
    case "corrupt": self = .corrupt(share, for: length)
    case "replay": self = .replay(share, for: length)
    case "forge": self = .forge(share, for: length)
    case "delay": self = .delay(delay, for: length)
    case "jitter": self = .jitter(delay, for: length)
    case "stall": self = .stall(length)
    case "blackout": self = .blackout(length)
    case "close":
      guard let code else { return nil }
      self = .close(code)
    case "drop": self = .drop
    case "silence": self = .silence
    case "mute_acknowledgements": self = .muteAcknowledgements
    case "refuse_resumes": self = .refuseResumes(count)
    case "refuse_identifies":
      guard let code else { return nil }
      self = .refuseIdentifies(code, count: count)
    case "ignore_joins": self = .ignoreJoins(count)
    case "repeat_replay": self = .repeatReplay(count)
    case "late_speaking": self = .lateSpeaking(delay)
    case "no_speaking": self = .lateSpeaking(nil)
    case "bad_welcome": self = .badWelcome
    case "bad_commit": self = .badCommit
    case "migrate":
      self = .migrate(
        json["order"] == "close_first" ? .closeFirst : .updateFirst,
        nullEndpointFirst: json["null_endpoint_first"]?.bool ?? false)
    case "kick": self = .kick
    case "move":
      guard let channel = json["channel"]?.snowflake else { return nil }
      self = .move(to: channel)
    case "deafen": self = .deafen(isOn)
    case "mute": self = .mute(isOn)
    case "downgrade": self = .downgrade
    case "upgrade": self = .upgrade
    case "recreate": self = .recreate
    case "end_call": self = .endCall
    default: return nil
    }
  }
}
