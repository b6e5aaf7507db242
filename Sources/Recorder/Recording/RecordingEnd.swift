public import SystemPackage

/// How a recording ended.
public struct RecordingEnd: Sendable, Equatable {
  /// Why: stable names, for programs.
  public enum Reason: String, Sendable, Codable, CaseIterable {
    /// It was told to: ``Recording/stop(reason:)``.
    case stopped
    /// Stop rules.
    case duration, until, empty
    case onlyBots = "only_bots"
    /// The disk is full, down to the floor.
    case diskFull = "disk_full"
    /// The disk does not take data any more.
    case diskError = "disk_error"
    /// Somebody disconnected the recorder.
    case kicked
    /// Somebody moved it, and it was not to follow.
    case moved
    /// Discord ended the call.
    case callEnded = "call_ended"
    /// The bot may not be in the channel (any more), or not post the notice there.
    case notPermitted = "not_permitted"
    /// The channel was full when the recorder had to come in again.
    case channelFull = "channel_full"
    /// Discord demands end-to-end encryption and does not take ours (close code 4017).
    case encryptionRequired = "encryption_required"
    /// Discord asks to stay away for a while.
    case refused
    /// The main gateway was stopped, or its token is not valid any more.
    case gatewayStopped = "gateway_stopped"
    /// Our bug, or a protocol error.
    case failed

    /// Whether its operator, or a rule of theirs, wanted it to end so; of any other end they are told
    /// by an alert.
    var isIntended: Bool {
      switch self {
      case .stopped, .duration, .until, .empty, .onlyBots, .moved: true
      case .diskFull, .diskError, .kicked, .callEnded, .notPermitted, .channelFull,
        .encryptionRequired, .refused, .gatewayStopped, .failed:
        false
      }
    }
  }

  /// Why it ended.
  public var reason: Reason
  /// One sentence for people.
  public var message: String
  /// The exit code of the command line: 0 when it ended as told.
  public var exitCode: Int32
  /// The capture's folder.
  public var capture: FilePath
  /// How it stood at the end.
  public var status: RecordingStatus
  /// False when the last packets may not be stored.
  public var isComplete: Bool

  package init(
    reason: Reason, message: String, exitCode: Int32, capture: FilePath, status: RecordingStatus,
    isComplete: Bool
  ) {
    self.reason = reason
    self.message = message
    self.exitCode = exitCode
    self.capture = capture
    self.status = status
    self.isComplete = isComplete
  }
}
