package import VoiceCrypto

/// What a ``VoiceGatewaySession`` hears.
package enum VoiceGatewayInput: Sendable {
  /// A WebSocket is open: of a new session, or to resume this one.
  case opened(resuming: Bool)
  case text(String)
  case binary([UInt8])
  /// The answer to ``VoiceGatewayAction/openMedia(_:)``: our address as the server sees it.
  case discovered(address: String, port: UInt16)
  /// Keys are on disk; the number of ``VoiceGatewayAction/store(_:number:)``.
  case stored(number: Int)
  /// Op 5, ours.
  case setSpeaking(Int)
  /// Whether the channel is a stage, when that is learned later.
  case stage(Bool)
  /// Frames of a known sender do not open.
  case framesUnreadable
  /// The WebSocket is gone.
  case closed
  /// ``VoiceGatewaySession/deadline`` has come.
  case time
}

/// What a ``VoiceGatewaySession`` wants done, in order.
package enum VoiceGatewayAction: Sendable {
  case send(VoicePayload)
  /// Op 2: open the media socket, and ask for our address.
  case openMedia(MediaOffer)
  /// Op 4: media can flow.
  case media(MediaAgreement)
  /// Op 9.
  case resumed
  /// Have keys stored, and tell with ``VoiceGatewayInput/stored(number:)``.
  case store(VoiceKeys, number: Int)
  /// How our own frames are to be sealed from now on.
  case seal(FrameSealing)
  case event(VoiceEvent)
  case note(VoiceNote)
  /// This session is no good any more.
  case fail(ConnectionFault)
}

/// What op 2 offers.
package struct MediaOffer: Hashable, Sendable {
  package var ssrc: UInt32
  package var remote: DatagramAddress
  package var mode: TransportMode
}

/// What op 4 settles.
package struct MediaAgreement: Hashable, Sendable {
  package var ssrc: UInt32
  package var mode: TransportMode
  package var key: [UInt8]
  package var daveVersion: Int
}

/// End-to-end encryption of what we send.
package enum FrameSealing: Hashable, Sendable {
  /// Nothing can be sent: encryption is agreed, and there is no key that the others have.
  case impossible
  /// The call has none.
  case none
  /// With our own secret of this epoch.
  case epoch(incarnation: UInt32, epoch: UInt64, secret: [UInt8])
}

/// Why a session cannot go on.
package enum ConnectionFault: String, Hashable, Sendable {
  /// A heartbeat was not acknowledged.
  case zombie
  /// No encryption mode that we have.
  case noMode = "no_mode"
  /// The media address is none to send to.
  case badAddress = "bad_address"
  /// A session description that cannot be.
  case badDescription = "bad_description"
  /// Our address could not be found out, or the socket not be opened.
  case noMedia = "no_media"
}

/// Something worth a line in a log.
package enum VoiceNote: Hashable, Sendable {
  case unreadable(reason: String)
  /// A message came again after a resume.
  case repeated(op: Int)
  /// Out of place, and passed over.
  case unexpected(op: Int)
  /// Keys were not stored in time: op 23 goes before them.
  case keysLate
}
