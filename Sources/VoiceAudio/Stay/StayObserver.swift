internal import DAVE
internal import DAVEFrames
internal import DiscordVoice
internal import Synchronization

/// Hears a stay for a ``VoiceClient``: passes on what the listener needs, and all of it to whoever
/// records.
final class StayObserver: VoiceObserver {
  private enum Item {
    case event(VoiceEvent)
    case keys(VoiceKeys)
  }

  private struct State {
    var memory: StayMemory
    var recorder: (any VoiceObserver)?
    /// Whether the recorder still learns what led to now; meanwhile what happens waits here.
    var isCatchingUp = false
    var backlog: [Item] = []
  }

  let listener: Listener
  private let state: Mutex<State>
  /// Who gets datagrams; held for a look only, as the receive thread must not wait.
  private let datagramRecorder = Mutex<(any VoiceObserver)?>(nil)

  init(listener: Listener, channel: UInt64) {
    self.listener = listener
    state = Mutex(State(memory: StayMemory(channel: channel)))
  }

  /// Where the bot is: it may be moved.
  var channel: UInt64 { state.withLock(\.memory.channel) }

  func received(_ datagram: Span<UInt8>, kernelTime: Int64?, connection: UInt32) {
    listener.received(datagram, kernelTime: kernelTime, connection: connection)
    datagramRecorder.withLock { $0 }?
      .received(datagram, kernelTime: kernelTime, connection: connection)
  }

  func sent(_ datagram: Span<UInt8>, connection: UInt32) {
    datagramRecorder.withLock { $0 }?.sent(datagram, connection: connection)
  }

  func handle(_ event: VoiceEvent) {
    let recorder = state.withLock { state -> (any VoiceObserver)? in
      state.memory.note(event)
      if state.isCatchingUp { state.backlog.append(.event(event)) }
      return state.isCatchingUp ? nil : state.recorder
    }
    tellListener(event)
    recorder?.handle(event)
  }

  func store(_ keys: VoiceKeys) async {
    let recorder = state.withLock { state -> (any VoiceObserver)? in
      state.memory.note(keys)
      if state.isCatchingUp { state.backlog.append(.keys(keys)) }
      return state.isCatchingUp ? nil : state.recorder
    }
    tellListener(keys)
    await recorder?.store(keys)
  }

  /// Tells somebody what led to now, and from then on everything.
  ///
  /// - Returns: false if somebody is told already, or the stay is over.
  func attach(_ recorder: any VoiceObserver) async -> Bool {
    let memory = state.withLock { state -> StayMemory? in
      guard state.recorder == nil, !state.memory.hasEnded else { return nil }
      (state.recorder, state.isCatchingUp, state.backlog) = (recorder, true, [])
      return state.memory
    }
    guard let memory else { return false }
    for keys in memory.keys { await recorder.store(keys) }
    for event in memory.events { recorder.handle(event) }
    datagramRecorder.withLock { $0 = recorder }
    while true {
      let items = state.withLock { state in
        defer { state.backlog = [] }
        if state.backlog.isEmpty { state.isCatchingUp = false }
        return state.backlog
      }
      if items.isEmpty { return true }
      for item in items {
        switch item {
        case .event(let event): recorder.handle(event)
        case .keys(let keys): await recorder.store(keys)
        }
      }
    }
  }

  /// Tells them nothing more.
  ///
  /// - Returns: false if they were told nothing already.
  @discardableResult
  func detach(_ recorder: any VoiceObserver) -> Bool {
    datagramRecorder.withLock { $0 = nil }
    return state.withLock { state in
      guard state.recorder === recorder else { return false }
      (state.recorder, state.isCatchingUp, state.backlog) = (nil, false, [])
      return true
    }
  }

  /// Whether somebody records.
  var isRecording: Bool { state.withLock { $0.recorder != nil } }

  private func tellListener(_ event: VoiceEvent) {
    switch event {
    case .connected(let info) where info.daveVersion == 0:
      listener.take(.plaintext(connection: info.number, isAllowed: true))
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

  private func tellListener(_ keys: VoiceKeys) {
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
