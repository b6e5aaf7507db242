/// How a stay in a voice channel ended.
public struct VoiceEnd: Hashable, Sendable {
  /// The kinds of ends.
  public enum Reason: String, Hashable, Sendable {
    /// As asked.
    case left
    /// Somebody disconnected the bot, or the channel was deleted.
    case kicked
    /// Somebody moved the bot to another channel, and it is not to follow.
    case moved
    /// The call ended at Discord's side (close code 4022).
    case callEnded = "call_ended"
    /// The channel is full.
    case channelFull = "channel_full"
    /// Discord does not let the bot in.
    case notPermitted = "not_permitted"
    /// The channel demands end-to-end encryption and Discord does not take ours (close code 4017).
    case daveRequired = "dave_required"
    /// The voice server refuses what we say, also at a second attempt.
    case refused
    /// The voice server asks to stay away (close code 4021), also at a second attempt.
    case rateLimited = "rate_limited"
    /// The first connection did not come about.
    case notJoined = "not_joined"
    /// The main gateway has stopped.
    case gatewayStopped = "gateway_stopped"
  }

  /// The kind.
  public let reason: Reason
  /// What happened, one sentence.
  public let message: String
  /// The voice gateway's close code, if one brought the end.
  public let closeCode: UInt16?
  /// Whether joining again later may help.
  public let mayRetry: Bool

  package init(
    _ reason: Reason, _ message: String, closeCode: UInt16? = nil, mayRetry: Bool = false
  ) {
    self.reason = reason
    self.message = message
    self.closeCode = closeCode
    self.mayRetry = mayRetry
  }

  /// The exit code of a program whose work ends with this, by sysexits.
  package var exitCode: Int32 {
    switch reason {
    case .left, .kicked, .moved, .callEnded: 0
    case .channelFull, .rateLimited, .daveRequired: 69
    case .refused: 70
    case .notJoined, .gatewayStopped: 75
    case .notPermitted: 77
    }
  }
}

/// Why a voice channel was not joined.
public struct VoiceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// How the attempt ended.
  public let end: VoiceEnd

  package init(_ end: VoiceEnd) { self.end = end }

  /// The kind.
  public var reason: VoiceEnd.Reason { end.reason }

  /// What happened, one sentence.
  public var description: String { end.message }
}
