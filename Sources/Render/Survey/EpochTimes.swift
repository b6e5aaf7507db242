internal import CaptureLog
package import DAVEFrames

/// When the end-to-end encryption of a capture's calls changed its keys, and when frames without it
/// were right, as the events of the log say.
package struct EpochTimes: Sendable {
  /// Nanoseconds since the Unix epoch, session clock.
  package struct Times: Equatable, Sendable {
    /// The commit or Welcome was processed.
    package var processed: Int64
    /// Op 22 came.
    package var executed: Int64?
  }

  /// From `from` on, frames without end-to-end encryption were right or not.
  private struct Plaintext: Sendable {
    var from: Int64
    var isAllowed: Bool
  }

  /// Frames and events race, and senders switch each at its own moment: so long before and after a
  /// time of plaintext they may come, ns.
  static let plaintextMargin: Int64 = 10_000_000_000
  /// A log may hold anything; a call of a day with an epoch every second has fewer.
  private static let most = 100_000

  package private(set) var epochs: [FrameEpoch: Times] = [:]
  private var plaintext: [UInt32: [Plaintext]] = [:]
  private var changes = 0

  package init() {}

  /// Takes an event of these kinds; of those that repeat, the first counts.
  mutating func take(_ event: CaptureEvent, at time: Int64) {
    switch event.kind {
    case DAVEEpochEvent.kind:
      guard let payload = event.payload(DAVEEpochEvent.self), epochs.count < Self.most else {
        return
      }
      let key = FrameEpoch(
        connection: payload.connection, incarnation: payload.incarnation, epoch: payload.epoch)
      if epochs[key] == nil { epochs[key] = Times(processed: time) }
    case DAVETransitionEvent.kind:
      guard let payload = event.payload(DAVETransitionEvent.self), let epoch = payload.epoch,
        payload.state == DAVETransitionEvent.executed
      else { return }
      let key = FrameEpoch(
        connection: payload.connection, incarnation: payload.incarnation, epoch: epoch)
      if epochs[key]?.executed == nil { epochs[key]?.executed = time }
    case DAVEPlaintextEvent.kind:
      guard let payload = event.payload(DAVEPlaintextEvent.self), changes < Self.most else {
        return
      }
      changes += 1
      plaintext[payload.connection, default: []]
        .append(Plaintext(from: time, isAllowed: payload.allowed))
    default: break
    }
  }

  /// Whether the events say of a frame without end-to-end encryption that it is right; nil when
  /// they say nothing of its time.
  func allowsPlaintext(connection: UInt32, at time: Int64) -> Bool? {
    guard let changes = plaintext[connection] else { return nil }
    var isAllowed: Bool?
    for (index, change) in changes.enumerated() {
      let end = index + 1 < changes.count ? changes[index + 1].from : .max
      if change.isAllowed {
        let isNear =
          time >= change.from - Self.plaintextMargin
          && (end == .max || time <= end + Self.plaintextMargin)
        if isNear { return true }
      } else if time >= change.from {
        isAllowed = false
      }
    }
    return isAllowed
  }
}
