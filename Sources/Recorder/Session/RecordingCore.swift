internal import CaptureLog
internal import DiscordREST
internal import DiscordVoice
internal import Logging
internal import Synchronization
internal import SystemPackage

/// One recording at work: what joins session, capture, watchdog and rules.
///
/// Events come from the voice session, ``tick()`` from a timer twice a second; both change the state
/// behind one mutex that is never held over I/O.
final class RecordingCore: Sendable {
  /// What a recording is made of.
  struct Parts: Sendable {
    var options: RecordingOptions
    var client: DiscordClient
    var writer: CaptureWriter
    var filter: PacketFilter
    var keys: KeyStore
    var consent: ConsentKeeper?
    var alerts: AlertDispatcher
    var lock: RecorderLock
    var clock: any Clock<Duration>
    var captureClock: any CaptureClock
    var logger: Logger
    /// Whether a timer ticks by itself.
    var isTimed: Bool
  }

  /// Why to stop.
  struct StopRequest: Sendable {
    var reason: RecordingEnd.Reason
    /// For the capture's `leave` event.
    var word: String
    var message: String
    /// Nil: by the reason.
    var exitCode: Int32?
  }

  let parts: Parts
  let state: Mutex<RecordingState>
  let hub = UpdateHub()
  /// Set by whoever wants the recording to stop first.
  let stopRequest = Once<StopRequest>()
  let end = Once<RecordingEnd>()
  private let stay = Mutex<(any RecordedStay)?>(nil)
  private let observer = Mutex<RecordingObserver?>(nil)

  init(_ parts: Parts, state: RecordingState) {
    self.parts = parts
    self.state = Mutex(state)
  }

  var writer: CaptureWriter { parts.writer }
  var options: RecordingOptions { parts.options }
  /// Nanoseconds of CLOCK_BOOTTIME.
  var now: Int64 { parts.captureClock.read().boottime }

  var voice: (any RecordedStay)? { stay.withLock { $0 } }
  var echoes: UInt64 { observer.withLock { $0?.echoes ?? 0 } }

  func use(_ stay: any RecordedStay, _ observer: RecordingObserver) {
    self.stay.withLock { $0 = stay }
    self.observer.withLock { $0 = observer }
  }

  // MARK: Telling

  /// Something to know that endangers nothing.
  func warn(_ code: String, _ text: String) {
    writer.append(RecorderWarningEvent(code: code, text: text))
    state.withLock { $0.warn(text) }
    parts.logger.warning("\(text)", metadata: metadata(["code": "\(code)"]))
    hub.send(.warning(text))
  }

  /// An event for the capture that the live view shows too.
  func note(_ payload: some CaptureEventPayload) {
    writer.append(payload)
    hub.send(.event(kind: type(of: payload).kind, message: payload.message))
  }

  func tell(_ alert: Alert) {
    var alert = alert
    alert.time = writer.now
    writer.append(
      AlertEvent(
        cause: alert.cause.rawValue, state: AlertSender.event(alert), text: alert.message))
    state.withLock { [alert] in $0.note(alert) }
    let level: Logger.Level = alert.isCleared ? .notice : .error
    parts.logger.log(
      level: level, "\(alert.message)",
      metadata: metadata([
        "alert": "\(alert.cause.rawValue)", "event": "\(AlertSender.event(alert))",
      ])
    )
    hub.send(alert.isCleared ? .cleared(alert) : .alert(alert))
    parts.alerts.send(alert)
  }

  func metadata(_ more: Logger.Metadata = [:]) -> Logger.Metadata {
    more.merging(["session": "\(writer.session.id)"]) { $1 }
  }

  // MARK: Asked from outside

  func mark(_ note: String?) {
    let number = state.withLock { state in
      state.marks += 1
      return state.marks
    }
    let cut = note.map { String($0.unicodeScalars.prefix(500).map(Character.init)) }
    self.note(MarkEvent(number: number, note: cut))
  }

  /// The channel was joined: who is there was told by the first notice.
  func begin() {
    let now = self.now
    state.withLock { state in
      guard parts.consent != nil else { return }
      state.schedule = NoticeSchedule(
        isRepeated: options.notice?.isRepeated ?? false,
        present: Set(state.book.present.map(\.id)), now: now)
    }
  }

  /// Somebody played a sound.
  func noteSoundboard(by user: UInt64, in channel: UInt64) {
    guard state.withLock({ $0.book.channel }) == channel else { return }
    note(user, "soundboard")
  }

  func requestStop(_ request: StopRequest) { stopRequest.set(request) }
}
