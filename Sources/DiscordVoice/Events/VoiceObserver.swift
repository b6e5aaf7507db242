package import DAVE
package import JSONValues
package import VoiceCrypto

/// Hears what happens in a stay.
///
/// ``handle(_:)`` is called in order, one call at a time, and so is ``store(_:)``; while keys are
/// being stored, events go on. Datagrams come on threads of their own.
package protocol VoiceObserver: AnyObject, Sendable {
  /// Each datagram of the voice server, as it arrived, on the receive thread: no allocation, no lock
  /// that waits.
  ///
  /// - Parameter kernelTime: nanoseconds of the wall clock when the kernel received it.
  func received(_ datagram: Span<UInt8>, kernelTime: Int64?, connection: UInt32)
  /// Each datagram we sent: discovery, keepalive, media. On any thread.
  func sent(_ datagram: Span<UInt8>, connection: UInt32)
  /// Must not block.
  func handle(_ event: VoiceEvent)
  /// Awaited for at most 1 s before op 23 says that we are ready: keys must be on disk first. The
  /// next keys then come, even if this call has not returned.
  func store(_ keys: VoiceKeys) async
}

/// Keys to be logged.
package enum VoiceKeys: Sendable {
  /// Of op 4.
  case transport(connection: UInt32, mode: TransportMode, key: [UInt8])
  /// Of everybody in a DAVE epoch.
  case epoch(DAVEEpochKeys)
}

/// What happens in a stay.
package enum VoiceEvent: Sendable {
  /// The first server information of the stay: zero of its time.
  case voiceServer(endpoint: String)
  /// Op 4 was received: media can flow.
  case connected(VoiceConnectionInfo)
  /// Op 9: the connection goes on after a gap in its signaling; its media may have had none.
  case resumed(connection: UInt32)
  /// A gap begins. The cause is a word for logs and counters: `network`, `close_4006`, `moved`,
  /// `migrated`, `zombie`, `asked`, `left`, ….
  case disconnected(connection: UInt32, code: UInt16?, cause: String)
  /// Op 5: the SSRC is the user's; the flags do not gate that.
  case speaking(connection: UInt32, user: UInt64, ssrc: UInt32, flags: Int)
  /// Op 11.
  case clientsConnected(connection: UInt32, users: [UInt64])
  /// Op 13.
  case clientDisconnected(connection: UInt32, user: UInt64)
  /// Op 12, and whatever else names SSRCs of video or of its retransmission.
  case videoSSRC(connection: UInt32, user: UInt64, ssrcs: [UInt32])
  /// Keys of an epoch are held from now on; ``VoiceObserver/store(_:)`` gets them too.
  case daveEpoch(DAVEEpochKeys, privacyCode: String?)
  /// Op 23 was sent. Without an epoch the transition is another.
  case daveReady(connection: UInt32, incarnation: UInt32, epoch: UInt64?, transition: UInt16)
  /// Everybody switches (op 22, or transition 0): earlier epochs retire 30 s from now.
  case daveExecuted(connection: UInt32, incarnation: UInt32, epoch: UInt64?, transition: UInt16)
  /// From now on frames without end-to-end encryption are right, or no longer.
  case davePlaintext(connection: UInt32, allowed: Bool)
  case daveWarning(connection: UInt32, DAVEWarning)
  /// Where end-to-end encryption stands, whenever it changes.
  case daveState(connection: UInt32, VoiceEncryption)
  /// Our own voice state. `deaf` and `mute` are the guild's doing, not our own.
  case ownVoiceState(channel: UInt64?, mute: Bool, deaf: Bool, suppress: Bool)
  /// Somebody moved us and the stay goes on there.
  case moved(to: UInt64)
  /// A voice state of others: names, cameras, comings and goings; those who are in no channel of ours
  /// any more, too.
  case voiceState(JSONValue)
  case udp(connection: UInt32, VoiceUDPStatus)
  /// An operation that is not known, told once for each kind in a connection.
  case unknown(op: Int, isBinary: Bool)
  /// The last one.
  case ended(VoiceEnd)
}

/// What happens to the media socket.
package enum VoiceUDPStatus: Hashable, Sendable {
  /// A socket is open. `granted` is below `requested` where the system allows no larger buffer.
  case opened(local: String, requestedBytes: Int, grantedBytes: Int)
  /// Discovery gave our address as the server sees it.
  case discovered(String)
  /// Our own address or the mapped one changed: another socket, and a new connection if need be.
  case addressChanged(from: String, to: String)
  /// The server answers that the port is closed, or there is no route: counted since the last such
  /// event.
  case unreachable(count: Int)
  /// Nothing arrives while the gateway says that somebody speaks.
  case silent
}
