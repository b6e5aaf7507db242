internal import CaptureLog
internal import DiscordREST
internal import DiscordVoice

/// What a recording knows about its session: changed by events and by the clock, behind a mutex.
struct RecordingState: Sendable {
  var book: CallBook
  var watchdog = Watchdog()
  var connection: RecordingStatus.Connection = .joining
  /// The number of the present connection; nil in a gap.
  var number: UInt32?
  var connections = 0
  var reconnects: [String: Int] = [:]
  /// When the gap began, by the boot clock.
  var gapSince: Int64?
  var gapCause: String?
  var encryption: RecordingStatus.Encryption = .unknown
  var privacyCode: String?
  /// When the recorder was first in the channel, by the boot clock.
  var joinedAt: Int64?
  var stopRules: StopRuleWatch?
  var schedule: NoticeSchedule?
  var isDeafened = false
  var isAFK = false
  var afkChannel: UInt64?
  var channelName: String?
  var remote: [UInt32: String] = [:]
  /// Echoes that had come when the present connection began.
  var echoesBefore: UInt64 = 0
  var alerts: [Alert] = []
  var warnings: [String] = []
  var marks = 0
  /// Failed writes and syncs that were told already.
  var diskErrors: UInt64 = 0
  /// Drops that the capture's events tell already.
  var reported: [String: UInt64] = [:]
  var reportedAt: Int64 = 0
  var exclusions: ExclusionList
  var exclusionsReadAt: Int64 = 0

  init(book: CallBook, exclusions: ExclusionList) {
    self.book = book
    self.exclusions = exclusions
  }

  mutating func warn(_ text: String) {
    warnings.append(text)
    if warnings.count > 20 { warnings.removeFirst() }
  }

  mutating func note(_ alert: Alert) {
    alerts.removeAll { $0.cause == alert.cause }
    if !alert.isCleared { alerts.append(alert) }
  }

  /// DAVE as people see it.
  mutating func noteEncryption(_ state: VoiceEncryption) {
    switch state {
    case .off: encryption = .off
    case .stage: encryption = .stage
    case .pending: encryption = .pending
    case .member(let epoch): encryption = .on(epoch: epoch, privacyCode: privacyCode ?? "")
    }
  }
}
