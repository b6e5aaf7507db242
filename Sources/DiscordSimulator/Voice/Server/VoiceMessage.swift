package import JSONValues
package import WebSocket

/// A message of the voice gateway to a client.
package enum VoiceMessage: Hashable, Sendable {
  /// Text: op and `d`.
  case json(Int64, JSONValue)
  /// Binary: op and payload (the ops of MLS).
  case binary(UInt8, [UInt8])

  package var op: Int {
    switch self {
    case .json(let op, _): Int(op)
    case .binary(let op, _): Int(op)
    }
  }

  /// The frame with its number: a field of JSON, two bytes in front of the binary.
  /// <https://discord.com/developers/docs/topics/voice-connections#buffered-resume>
  func frame(sequence: Int) -> WebSocketMessage {
    let number = UInt16(truncatingIfNeeded: sequence)
    switch self {
    case .json(let op, let data):
      let payload: JSONValue = [
        "op": .integer(op), "d": data, "seq": .integer(Int64(number)),
      ]
      return .text(payload.text())
    case .binary(let op, let payload):
      return .binary([UInt8(number >> 8), UInt8(number & 0xFF), op] + payload)
    }
  }
}

/// What the voice servers ask the connections, the forwarder and the world to do, in this order.
package enum VoiceOutput: Hashable, Sendable {
  case send(connection: UInt64, WebSocketMessage)
  case close(connection: UInt64, code: UInt16, reason: String)
  /// TCP is reset, without a close frame.
  case reset(connection: UInt64)
  /// TCP stays, but nothing is read or sent any more.
  case silence(connection: UInt64)
  /// Nothing is read or sent for so long.
  case hold(connection: UInt64, Duration)
  /// VOICE_SERVER_UPDATE for a bot, with or without an endpoint.
  case serverUpdate(guild: UInt64, user: UInt64, hasEndpoint: Bool)
  /// A scripted speaker is out of its channel: its session is over.
  case speakerOut(user: UInt64, guild: UInt64, isKicked: Bool)
  /// A change of who sends and hears.
  case media(VoiceMediaChange)
  /// Something that the world is asked for by a fault.
  case world(VoiceFault.Effect, user: UInt64, guild: UInt64)
}

/// What the forwarder of speech is told of a session.
package enum VoiceMediaChange: Hashable, Sendable {
  /// A client has an SSRC, and may discover its address.
  case add(ssrc: UInt32, user: UInt64, channel: UInt64, isScripted: Bool)
  /// A client has its address and key.
  case describe(ssrc: UInt32, mode: String, key: [UInt8], address: String, port: UInt16)
  case allow(ssrc: UInt32, talking: Bool, hearing: Bool)
  /// A scripted speaker's key of an epoch; nil: in the clear.
  case seal(ssrc: UInt32, secret: [UInt8]?, sealsSilence: Bool)
  case remove(ssrc: UInt32)
  /// A fault on the way of speech; nil for all clients with a socket.
  case fault(VoiceFault.Effect, user: UInt64?)
}
