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

  /// When frames without end-to-end encryption were right on a connection, margins included.
  fileprivate struct Plaintext: Sendable {
    /// Ascending and apart; the last one's end is `.max` while it goes on.
    var allowed: [(from: Int64, to: Int64)] = []
    var refusedFrom: Int64?
  }
  /// Frames and events race, and senders switch each at its own moment: so long before and after a
  /// time of plaintext they may come, ns.
  static let plaintextMargin: Int64 = 10_000_000_000
  /// A log may hold anything; a call of a day with an epoch every second has fewer.
  private static let most = 100_000

  package private(set) var epochs: [FrameEpoch: Times] = [:]
  private var plaintext: [UInt32: Plaintext] = [:]
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
      plaintext[payload.connection, default: Plaintext()].change(to: payload.allowed, at: time)
    default: break
    }
  }

  /// Whether the events say of a frame without end-to-end encryption that it is right; nil when
  /// they say nothing of its time.
  func allowsPlaintext(connection: UInt32, at time: Int64) -> Bool? {
    plaintext[connection]?.isAllowed(at: time)
  }
}

extension EpochTimes.Plaintext {
  mutating func change(to isAllowed: Bool, at time: Int64) {
    let margin = EpochTimes.plaintextMargin
    let last = allowed.indices.last
    if !isAllowed {
      refusedFrom = min(refusedFrom ?? time, time)
      if let last, allowed[last].to == .max {
        allowed[last].to = max(allowed[last].from, time + margin)
      }
    } else if let last, time - margin <= allowed[last].to {
      allowed[last].to = .max
    } else {
      allowed.append((time - margin, .max))
    }
  }

  func isAllowed(at time: Int64) -> Bool? {
    // The last one that has begun, by halves.
    var range = 0..<allowed.count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range =
        allowed[middle].from <= time
        ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    if range.lowerBound > 0, time <= allowed[range.lowerBound - 1].to { return true }
    guard let refusedFrom, time >= refusedFrom else { return nil }
    return false
  }
}
