package import JSONValues

/// What the gateway asks the connections and the world to do, in this order.
package enum GatewayOutput: Hashable, Sendable {
  /// A payload to the connection.
  case send(UInt64, JSONValue)
  /// A text frame that is no payload (a fault).
  case sendText(UInt64, String)
  /// What follows for this connection waits so long.
  case pause(UInt64, Duration)
  /// A close frame.
  case close(UInt64, code: UInt16, reason: String)
  /// TCP is reset, without a close frame.
  case reset(UInt64)
  /// TCP stays, but nothing is read or sent any more.
  case silence(UInt64)
  /// A session asks to join, move within or leave voice: the world decides and dispatches.
  case voiceState(GatewayVoiceRequest)
}

/// Op 4: what a session wants its voice state to be.
/// <https://discord.com/developers/docs/events/gateway-events#update-voice-state>
package struct GatewayVoiceRequest: Hashable, Sendable {
  /// The gateway session, which VOICE_STATE_UPDATE names and which gets VOICE_SERVER_UPDATE.
  package var sessionID: String
  package var userID: UInt64
  package var guildID: UInt64
  /// nil: leave.
  package var channelID: UInt64?
  package var selfMute: Bool
  package var selfDeaf: Bool
}
