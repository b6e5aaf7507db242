internal import JSONValues

/// A message to the voice gateway. The token is put in last, so that no state, log or test needs it.
package enum VoicePayload: Hashable, Sendable {
  /// Op 0.
  case identify(guild: UInt64, user: UInt64, session: String)
  /// Op 7.
  case resume(guild: UInt64, session: String, sequence: Int64)
  /// Op 1.
  case selectProtocol(address: String, port: UInt16, mode: String)
  /// Op 3: milliseconds of any clock, and the last sequence number.
  case heartbeat(time: Int64, sequence: Int64)
  /// Op 5.
  case speaking(flags: Int, ssrc: UInt32)
  /// Op 23.
  case transitionReady(UInt16)
  /// Op 31.
  case invalidCommitWelcome(transition: UInt16)
  /// Ops 26 and 28: the opcode and what follows it; without a sequence number.
  case binary(op: UInt8, [UInt8])

  /// The operation's number.
  package var op: Int {
    switch self {
    case .identify: 0
    case .selectProtocol: 1
    case .heartbeat: 3
    case .speaking: 5
    case .resume: 7
    case .transitionReady: 23
    case .invalidCommitWelcome: 31
    case .binary(let op, _): Int(op)
    }
  }

  /// What goes on the wire.
  package enum Encoded: Hashable, Sendable {
    case text(String)
    case binary([UInt8])
  }

  /// The bytes or the JSON text to send.
  package func encoded(token: String) -> Encoded {
    if case .binary(let op, let bytes) = self { return .binary([op] + bytes) }
    let message: JSONValue = ["op": .integer(Int64(op)), "d": data(token: token)]
    return .text(message.text())
  }

  private func data(token: String) -> JSONValue {
    switch self {
    case .identify(let guild, let user, let session):
      [
        "server_id": .string(String(guild)), "user_id": .string(String(user)),
        "session_id": .string(session), "token": .string(token), "max_dave_protocol_version": 1,
      ]
    case .resume(let guild, let session, let sequence):
      [
        "server_id": .string(String(guild)), "session_id": .string(session),
        "token": .string(token), "seq_ack": .integer(sequence),
      ]
    case .selectProtocol(let address, let port, let mode):
      [
        "protocol": "udp",
        "data": [
          "address": .string(address), "port": .integer(Int64(port)), "mode": .string(mode),
        ],
      ]
    case .heartbeat(let time, let sequence):
      ["t": .integer(time), "seq_ack": .integer(sequence)]
    case .speaking(let flags, let ssrc):
      ["speaking": .integer(Int64(flags)), "delay": 0, "ssrc": .integer(Int64(ssrc))]
    case .transitionReady(let id), .invalidCommitWelcome(let id):
      ["transition_id": .integer(Int64(id))]
    case .binary: nil
    }
  }
}
