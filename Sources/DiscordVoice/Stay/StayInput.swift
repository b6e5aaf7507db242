package import DiscordREST

/// What a ``VoiceStay`` hears. WebSockets are numbered, so that what comes late from an old one is
/// known as such.
package enum StayInput: Sendable {
  /// Join the channel.
  case start
  case signal(VoiceSignal)
  /// The main gateway tells no more.
  case signalsEnded
  /// The answer to ``StayAction/lookUp(_:)``; nil: not known.
  case facts(VoiceChannelFacts?, channel: ID<Channel>)
  case opened(attempt: Int)
  /// The WebSocket is closed, or could not be opened; no code when the server gave none.
  case closed(code: UInt16?, attempt: Int)
  /// The session on it is no good any more.
  case fault(ConnectionFault, attempt: Int)
  /// Op 4 came: media can flow.
  case ready(attempt: Int)
  /// Op 9 came.
  case resumed(attempt: Int)
  /// The server sees us elsewhere than we told it.
  case addressChanged
  /// A new connection is wanted; why, as one word.
  case reconnect(String)
  /// Leave for good.
  case leave
  /// ``VoiceStay/deadline`` has come.
  case time
}

/// What a ``VoiceStay`` wants done, in order.
package enum StayAction: Hashable, Sendable {
  /// Op 4 of the main gateway; nil: leave.
  case sendVoiceState(channel: ID<Channel>?)
  /// Ask what is to be known of a channel.
  case lookUp(ID<Channel>)
  /// Open a WebSocket and identify: a new session and a new number.
  case identify(Identification)
  /// Open a WebSocket to resume the session there is.
  case resume(attempt: Int, server: VoiceServerInfo)
  /// Close a WebSocket, or give up opening it.
  case close(attempt: Int, code: UInt16)
  /// The session is over, and its media socket of no more use.
  case dropSession
  /// The bot was moved, and the stay goes on there.
  case follow(ID<Channel>)
  /// A gap begins.
  case gap(connection: UInt32, code: UInt16?, cause: String)
  /// A gap ends without a new connection.
  case resumed(connection: UInt32)
  /// The first server information.
  case firstServer(endpoint: String)
  /// Our own voice state, when it changed.
  case ownState(OwnVoiceState)
  /// Nothing more will happen.
  case end(VoiceEnd)

  /// What a new session is identified with.
  package struct Identification: Hashable, Sendable {
    package var attempt: Int
    package var connection: UInt32
    package var server: VoiceServerInfo
    package var sessionID: String
    package var channel: ID<Channel>
  }
}

/// A voice server, and the secret for it, which prints as nothing.
package struct VoiceServerInfo: Hashable, Sendable, CustomStringConvertible {
  package var endpoint: String
  package var token: String

  package init(endpoint: String, token: String) {
    self.endpoint = endpoint
    self.token = token
  }

  package var description: String { endpoint }
}

/// Our own voice state.
package struct OwnVoiceState: Hashable, Sendable {
  package var channel: ID<Channel>?
  /// By the guild.
  package var mute = false
  /// By the guild: no sound is sent to us.
  package var deaf = false
  /// In the audience of a stage, or in an AFK channel.
  package var suppress = false

  package init(channel: ID<Channel>? = nil) { self.channel = channel }
}
