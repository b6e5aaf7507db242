internal import DAVE
internal import DAVEFrames
internal import DiscordVoice
internal import Synchronization

/// Hears a stay for a ``VoiceClient``: passes on what the listener needs, and all of it to whoever
/// records.
final class StayObserver: VoiceObserver {
  let listener: Listener
  private let channelState: Mutex<UInt64>

  init(listener: Listener, channel: UInt64) {
    self.listener = listener
    channelState = Mutex(channel)
  }

  /// Where the bot is: it may be moved.
  var channel: UInt64 { channelState.withLock { $0 } }

  func received(_ datagram: Span<UInt8>, kernelTime: Int64?, connection: UInt32) {
    listener.received(datagram, kernelTime: kernelTime, connection: connection)
  }

  func sent(_ datagram: Span<UInt8>, connection: UInt32) {}

  func handle(_ event: VoiceEvent) {
    switch event {
    case .connected(let info): channelState.withLock { $0 = info.channel }
    case .moved(let channel): channelState.withLock { $0 = channel }
    case .speaking(let connection, let user, let ssrc, _):
      listener.take(.map(ssrc: ssrc, user: user, connection: connection))
    case .daveExecuted(let connection, let incarnation, let epoch, _):
      listener.take(
        .execute(
          epoch.map { FrameEpoch(connection: connection, incarnation: incarnation, epoch: $0) }))
    case .davePlaintext(let connection, let allowed):
      listener.take(.plaintext(connection: connection, isAllowed: allowed))
    case .ended: listener.hub.finish()
    default: break
    }
  }

  func store(_ keys: VoiceKeys) async {
    switch keys {
    case .transport(let connection, let mode, let key):
      listener.take(.connect(connection: connection, mode: mode, key: key))
    case .epoch(let keys):
      listener.take(
        .install(
          FrameEpoch(
            connection: keys.connection, incarnation: keys.incarnation, epoch: keys.epoch),
          secrets: keys.senders))
    }
  }
}
