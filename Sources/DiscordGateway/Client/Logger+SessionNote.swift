internal import DiscordREST
internal import Logging

extension Logger {
  /// One line for what is worth one. Payloads are never logged: they have tokens in them.
  func log(_ note: SessionNote) {
    switch note {
    case .identifying: info("Starting a session")
    case .resuming(let sequence):
      info("Resuming the session", metadata: ["sequence": "\(sequence)"])
    case .reconnecting(let cause, let resumes, let delay):
      let level: Logger.Level = delay > .seconds(4) ? .warning : .info
      log(
        level: level, "Reconnecting",
        metadata: [
          "cause": "\(cause.label)", "resumes": "\(resumes)",
          "delay_ms": "\(delay / .milliseconds(1))",
        ])
    case .outOfSessionStarts(let wait):
      warning(
        "Discord lets the bot start no more sessions today",
        metadata: ["wait_s": "\(wait / .seconds(1))"])
    case .sessionLost(let sequence):
      warning("The session is lost; events may be missing", metadata: ["sequence": "\(sequence)"])
    case .duplicate(let sequence):
      trace("An event came once more", metadata: ["sequence": "\(sequence)"])
    case .gap(let after, let count):
      warning("Events are missing", metadata: ["after": "\(after)", "count": "\(count)"])
    case .unreadableSkipped(let reason):
      warning("A message that is no gateway payload is passed over", metadata: ["why": "\(reason)"])
    case .unexpectedEvent(let name):
      debug(
        "An event out of place is passed over",
        metadata: ["event": "\(DisplayText.sanitized(name))"])
    case .urlRefused: warning("The session's address is none of Discord's; not used")
    case .acknowledged(let time):
      trace("Heartbeat acknowledged", metadata: ["after_ms": "\(time / .milliseconds(1))"])
    }
  }
}

extension ReconnectCause {
  /// A stable name, for logs and metrics.
  var label: String {
    switch self {
    case .gatewayUnknown: "gateway_unknown"
    case .closed(let code?): "closed_\(code)"
    case .closed(nil): "connection_lost"
    case .silent: "silent"
    case .zombie: "missed_heartbeat"
    case .askedByDiscord: "op_7"
    case .invalidSession(let resumable): resumable ? "op_9_resumable" : "op_9"
    case .unreadable: "unreadable"
    case .broken: "protocol_violation"
    case .gap: "gap"
    case .askedByUser: "asked"
    }
  }
}
