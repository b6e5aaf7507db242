/// One connection to the gateway: how far it has come, and what its client may still send.
struct GatewayServerConnection: Sendable {
  enum Phase: Hashable, Sendable {
    /// HELLO was sent: Identify or Resume is to come.
    case greeted
    /// On the session with this id.
    case ready(String)
    /// Closed, reset or silenced by the server: what still comes is not read.
    case ended
  }

  /// The request's target, such as `/?v=10&encoding=json`.
  let target: String
  var phase = Phase.greeted
  /// The session that was last on it: a client's close with 1000 or 1001 ends that.
  var lastSession: String?
  /// When the last heartbeat came; the connection's start before the first.
  var lastHeartbeat: Duration
  /// When the client sent its payloads of the last window.
  private var sends: [Duration] = []
  /// Whether heartbeats are no longer acknowledged (a fault).
  var isMuted = false
  /// How late each of the next dispatches is (a fault).
  var slow: (delay: Duration, left: Int)?

  init(target: String, now: Duration) {
    self.target = target
    lastHeartbeat = now
  }

  /// The path without the query.
  var path: Substring { target.prefix { $0 != "?" } }

  /// A parameter of the query.
  func parameter(_ name: String) -> Substring? {
    guard let mark = target.firstIndex(of: "?") else { return nil }
    return target[target.index(after: mark)...].split(separator: "&").lazy
      .map { $0.split(separator: "=", maxSplits: 1) }
      .first { $0.first.map { $0 == name } ?? false }?.dropFirst().first
  }

  /// Counts a payload of the client; false when it is one too many.
  mutating func countSend(now: Duration, rules: GatewayRules) -> Bool {
    sends.removeAll { now - $0 >= rules.sendWindow }
    guard sends.count < rules.sendLimit else { return false }
    sends.append(now)
    return true
  }
}
