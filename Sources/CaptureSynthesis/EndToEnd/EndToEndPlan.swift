/// How a synthetic call is end-to-end encrypted (DAVE): every participant runs a session of its own,
/// and so does the recorder.
package struct EndToEndPlan: Sendable {
  /// What senders do wrong on purpose.
  package enum Fault: Sendable, Equatable {
    /// They send as if the call were not encrypted.
    case inTheClear
    /// They send their first frame again and again.
    case repeatedFrame
  }

  /// What the voice gateway does with the group of a call.
  package enum Change: Sendable, Equatable {
    /// To protocol version 0: ops 21 and 22; frames are in the clear then.
    case downgrade
    /// Back to version 1, with a group begun anew: op 24, and 22 when all are in it.
    case upgrade
    /// Op 24 with epoch 1: the group is begun anew, under the speakers' running audio.
    case recreation
  }

  /// A silent guest comes after so many nanoseconds, goes after as many more, and so on: each time
  /// the group has another epoch under the speakers' running audio. 0 is nobody; nil is so that the
  /// session has a few dozen at most.
  package var guestInterval: Int64?
  /// The share of frames that leave their first two bytes in the clear, as video does.
  package var unencryptedRangeShare = 0.0
  package var fault: Fault?
  /// Changes by the voice gateway, ns from the session's zero.
  package var changes: [(time: Int64, change: Change)] = []
  /// The share of frames that are sent in the clear although the call is not.
  package var clearShare = 0.0

  package init() {}

  /// In place of an epoch, where a call was downgraded. Frames are never sealed in this one.
  package static let inTheClear: UInt64 = 0

  static let guest: UInt64 = 400_000_000_000_000_002
  static let recorder: UInt64 = 400_000_000_000_000_001

  func guestInterval(duration: Int64) -> Int64 {
    guestInterval ?? max(.seconds(20), duration / 50)
  }
}
