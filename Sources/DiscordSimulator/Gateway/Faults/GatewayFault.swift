/// One thing that goes wrong in the gateway, and when: data, so that a run can be told and repeated.
package struct GatewayFault: Hashable, Sendable {
  /// When the fault happens.
  package enum Trigger: Hashable, Sendable {
    /// At once, on every connection that has a session.
    case now
    /// With the n-th dispatch of the gateway (from 1, over all sessions, without replays), right
    /// after it is sent, on that session's connection.
    case dispatch(Int)
    /// With the n-th replayed dispatch (from 1), right after it: within a resume.
    case replay(Int)
    /// With the n-th connection (from 1), as soon as it is open.
    case connection(Int)
    /// So long after the gateway's start, on every connection that has a session.
    case time(Duration)
  }

  /// What happens.
  package enum Effect: Hashable, Sendable {
    /// Op 7.
    case reconnect
    /// Op 9; not resumable: the session is gone and what happens until the next one is lost.
    case invalidSession(resumable: Bool)
    /// Op 1: a heartbeat is to come at once.
    case requestHeartbeat
    /// TCP reset.
    case reset
    /// Nothing comes any more and nothing is read, but the socket stays open.
    case silence
    /// A close frame; with 4007 and 4009 the session is gone.
    case close(UInt16)
    /// Heartbeats of this connection are no longer acknowledged.
    case muteAcknowledgements
    /// The next n resumes are answered by op 9, not resumable.
    case refuseResumes(Int)
    /// HELLO of the next connection (with `.connection`, of this one) comes so late.
    case lateHello(Duration)
    /// The next resume replays up to n events that the client has already.
    case repeatReplay(Int)
    /// The next n dispatches of this connection come so late each.
    case slowDispatch(Duration, count: Int)
    /// A text frame that is no payload.
    case garbage(String)
    /// No connection is let in for so long.
    case refuseConnections(Duration)
  }

  package var trigger: Trigger
  package var effect: Effect

  /// A fault with its time.
  package init(_ trigger: Trigger, _ effect: Effect) {
    self.trigger = trigger
    self.effect = effect
  }

  /// Whether Discord promises no replay after it: the session is gone.
  package var losesSession: Bool {
    switch effect {
    case .invalidSession(let resumable): !resumable
    case .close(let code): GatewayFault.endsSession(code)
    case .refuseResumes: true
    default: false
    }
  }

  /// Close codes after which a client has to start a new session.
  static func endsSession(_ code: UInt16) -> Bool {
    switch code {
    case 1000, 1001, 4003, 4004, 4007, 4009, 4010...4014: true
    default: false
    }
  }
}
