internal import DiscordVoice
internal import Recorder
internal import Synchronization

/// The stay of a ``VoiceClient`` as a recording sees it: to join is to be told what led to now, and to
/// leave only ends the telling.
final class SharedStay: RecordedStay, VoiceObserver {
  private struct State {
    var end: VoiceEnd?
    var waiting: [CheckedContinuation<VoiceEnd, Never>] = []
  }

  private let session: VoiceSession
  private let stay: StayObserver
  private let recorder: any VoiceObserver
  private let state = Mutex(State())

  init(session: VoiceSession, stay: StayObserver, recorder: any VoiceObserver) {
    self.session = session
    self.stay = stay
    self.recorder = recorder
  }

  func join() async throws(VoiceError) {
    guard await stay.attach(self) else {
      throw VoiceError(VoiceEnd(.notJoined, "The stay is over, or is recorded already."))
    }
  }

  func leave() async {
    guard stay.detach(self) else { return }
    if let connection = session.connection {
      recorder.handle(.disconnected(connection: connection.number, code: nil, cause: "left"))
    }
    let end = VoiceEnd(.left, "The recording was stopped.")
    recorder.handle(.ended(end))
    finish(end)
  }

  var end: VoiceEnd {
    get async {
      await withCheckedContinuation { waiting in
        let end: VoiceEnd? = state.withLock { state in
          if state.end == nil { state.waiting.append(waiting) }
          return state.end
        }
        if let end { waiting.resume(returning: end) }
      }
    }
  }

  func reconnect(_ why: String) async { await session.reconnect(why) }
  func framesUnreadable() async { await session.framesUnreadable() }
  var connection: VoiceConnectionInfo? { session.connection }
  var udpCounters: VoiceUDPCounters { session.udpCounters }

  // What the stay tells, passed on.

  func received(_ datagram: Span<UInt8>, kernelTime: Int64?, connection: UInt32) {
    recorder.received(datagram, kernelTime: kernelTime, connection: connection)
  }

  func sent(_ datagram: Span<UInt8>, connection: UInt32) {
    recorder.sent(datagram, connection: connection)
  }

  func handle(_ event: VoiceEvent) {
    recorder.handle(event)
    if case .ended(let end) = event { finish(end) }
  }

  func store(_ keys: VoiceKeys) async { await recorder.store(keys) }

  private func finish(_ end: VoiceEnd) {
    let waiting = state.withLock { state in
      guard state.end == nil else { return [CheckedContinuation<VoiceEnd, Never>]() }
      state.end = end
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume(returning: end) }
  }
}
