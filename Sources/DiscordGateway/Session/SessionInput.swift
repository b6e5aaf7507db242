package import JSONValues

/// What the session hears. Connections are numbered, so that what comes late from an old one is
/// known as such.
package enum SessionInput: Sendable {
  /// The client was started.
  case start
  /// The answer to ``SessionAction/askGateway``.
  case gateway(GatewayInformation)
  /// No answer to ``SessionAction/askGateway``: the network or Discord is away.
  case gatewayUnavailable
  /// The answer to ``SessionAction/askGateway`` was that there is no use in going on.
  case gatewayRefused(GatewayError)
  /// The WebSocket is open.
  case connected(connection: Int)
  /// A text message came.
  case message(String, connection: Int)
  /// A binary message came; none is promised without compression.
  case binaryMessage(connection: Int)
  /// The WebSocket is closed, or could not be opened; no code when Discord gave none.
  case disconnected(code: UInt16?, connection: Int)
  /// The peer broke the WebSocket protocol or its limits, so that the connection was given up.
  case broken(connection: Int)
  /// ``GatewaySession/deadline`` has come.
  case time
  /// The user sends a payload.
  case send(op: Int, d: JSONValue)
  /// The user wants a new connection, of the same session or of a new one.
  case reconnect(resume: Bool)
  /// The client is to stop.
  case stop
}

/// What Discord's REST API tells about the gateway (`GET /gateway/bot`).
package struct GatewayInformation: Sendable, Equatable {
  /// The address to connect to.
  package var url: String
  /// How many sessions may still be started; nil: not told.
  package var remainingStarts: Int?
  /// After what time there are more again.
  package var resetAfter: Duration

  package init(url: String, remainingStarts: Int? = nil, resetAfter: Duration = .zero) {
    self.url = url
    self.remainingStarts = remainingStarts
    self.resetAfter = resetAfter
  }
}

/// What the session wants done, in order.
package enum SessionAction: Sendable, Hashable {
  /// Ask the REST API for the gateway's address and the session starts that are left.
  case askGateway
  /// Open a WebSocket; the address is one that is allowed.
  case connect(url: String, connection: Int)
  /// Send a payload.
  case send(SessionPayload, connection: Int)
  /// Close the WebSocket, or give up opening it.
  case close(code: UInt16, connection: Int)
  /// Tell the subscribers.
  case dispatch(SessionDispatch)
  /// Something for logs and counters.
  case note(SessionNote)
  /// Nothing more will happen, since there is no use in going on.
  case fail(GatewayError)
  /// Nothing more will happen, as asked.
  case stopped
}

/// A payload to send. The token is put in last, so that no state, log or test needs it.
package enum SessionPayload: Sendable, Hashable {
  /// Op 2, without the token.
  case identify([String: JSONValue])
  /// Op 6, without the token.
  case resume(sessionID: String, sequence: Int64)
  /// Op 1.
  case heartbeat(sequence: Int64?)
  /// What the user sends, as text.
  case command(op: Int, text: String)

  /// The JSON text to send.
  package func text(token: String) -> String {
    switch self {
    case .identify(var fields):
      fields["token"] = .string(token)
      return Self.text(op: 2, d: .object(fields))
    case .resume(let sessionID, let sequence):
      return Self.text(
        op: 6,
        d: .object([
          "token": .string(token), "session_id": .string(sessionID), "seq": .integer(sequence),
        ]))
    case .heartbeat(let sequence):
      return Self.text(op: 1, d: sequence.map { .integer($0) } ?? .null)
    case .command(_, let text):
      return text
    }
  }

  package static func text(op: Int, d: JSONValue) -> String {
    JSONValue.object(["op": .integer(Int64(op)), "d": d]).text()
  }
}

/// One thing Discord told.
package struct SessionDispatch: Sendable, Hashable {
  /// The event's name; of an operation that is not known, `OP n`.
  package var name: String
  /// The event's data, `d`.
  package var data: JSONValue
  /// The sequence number, if it has one.
  package var sequence: Int64?
  /// For READY: an earlier session was lost, so that events between may be missing.
  package var followsLostSession = false
  /// About how many bytes the event takes.
  package var size = 0
}

/// Something worth a line in a log or a count.
package enum SessionNote: Sendable, Hashable {
  case identifying
  case resuming(sequence: Int64)
  /// A connection ended, or could not be made; the next attempt comes after `delay`.
  case reconnecting(cause: ReconnectCause, resumes: Bool, delay: Duration)
  /// Discord allows no more sessions for a while.
  case outOfSessionStarts(wait: Duration)
  /// The session is lost: events may be missing until the next READY.
  case sessionLost(lastSequence: Int64)
  /// An event came once more, and was dropped.
  case duplicate(sequence: Int64)
  /// Sequence numbers that did not come.
  case gap(after: Int64, count: Int64)
  /// A message that is no gateway payload was passed over.
  case unreadableSkipped(reason: String)
  /// An event out of place, before the session began, was passed over.
  case unexpectedEvent(name: String)
  /// An address that may not be connected to was passed over.
  case urlRefused
  /// A heartbeat was acknowledged after this time.
  case acknowledged(after: Duration)
}

/// Why a new connection is needed.
package enum ReconnectCause: Sendable, Hashable {
  /// The REST API did not tell the gateway's address.
  case gatewayUnknown
  /// The connection closed or could not be made.
  case closed(code: UInt16?)
  /// No Hello, or no connection, in time.
  case silent
  /// A heartbeat was not acknowledged.
  case zombie
  /// Op 7.
  case askedByDiscord
  /// Op 9.
  case invalidSession(resumable: Bool)
  /// A message that is no gateway payload.
  case unreadable(reason: String)
  /// The peer broke the WebSocket protocol or its limits.
  case broken
  /// Events are missing after an unreadable message.
  case gap
  /// The user asked.
  case askedByUser
}
