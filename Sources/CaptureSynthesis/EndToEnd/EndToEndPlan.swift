/// How a synthetic call is end-to-end encrypted (DAVE): every participant runs a session of its own,
/// and so does the recorder.
package struct EndToEndPlan: Sendable, Equatable {
  /// What senders do wrong on purpose.
  package enum Fault: Sendable, Equatable {
    /// They send as if the call were not encrypted.
    case inTheClear
    /// They send their first frame again and again.
    case repeatedFrame
  }

  /// A silent guest comes after so many nanoseconds, goes after as many more, and so on: each time
  /// the group has another epoch under the speakers' running audio. 0 is nobody; nil is so that the
  /// session has a few dozen at most.
  package var guestInterval: Int64?
  /// The share of frames that leave their first two bytes in the clear, as video does.
  package var unencryptedRangeShare = 0.0
  package var fault: Fault?

  package init() {}

  static let guest: UInt64 = 400_000_000_000_000_002
  static let recorder: UInt64 = 400_000_000_000_000_001

  func guestInterval(duration: Int64) -> Int64 {
    guestInterval ?? max(.seconds(20), duration / 50)
  }
}
