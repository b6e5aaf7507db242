/// Counts the packets of an SSRC against its sequence numbers (RFC 3550 appendix A.1): a jump counts
/// only when the next packet follows it, so that one forged number does not look like a loss.
struct SequenceCount: Sendable {
  private static let mostDropped: UInt16 = 3_000
  private static let mostMisordered: UInt16 = 100

  private var isStarted = false
  private var base: Int64 = 0
  private var highest: Int64 = 0
  private var afterJump: UInt16?
  private var received: Int64 = 0
  /// Of numbers before the last jump.
  private var lostBefore: Int64 = 0

  /// Packets that never came, so far; packets that came twice count against that.
  var lost: UInt64 {
    guard isStarted else { return 0 }
    return UInt64(max(0, lostBefore + max(0, highest - base + 1 - received)))
  }

  mutating func add(_ number: UInt16) {
    guard isStarted else { return start(at: number) }
    let ahead = number &- UInt16(truncatingIfNeeded: highest)
    if ahead < Self.mostDropped {
      highest += Int64(ahead)
    } else if ahead <= UInt16.max - Self.mostMisordered {
      guard afterJump == number else {
        afterJump = number &+ 1
        return
      }
      lostBefore = Int64(lost)
      start(at: number)
      return
    }
    received += 1
  }

  private mutating func start(at number: UInt16) {
    isStarted = true
    base = Int64(number)
    highest = base
    received = 1
    afterJump = nil
  }
}
