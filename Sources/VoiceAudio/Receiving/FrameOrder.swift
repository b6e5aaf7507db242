/// Brings the frames of one stream into the order of their numbers, within a small window.
///
/// A frame waits for one before it at most 60 ms or behind at most 8 others; what comes after that is
/// late. Live sound cannot wait longer; recordings put into order what comes seconds later.
struct FrameOrder {
  /// What became of a frame.
  enum Verdict: Equatable {
    case taken, duplicate, late
  }

  struct Frame: Equatable {
    /// Whose; 0 with nothing but padding.
    var user: UInt64 = 0
    var sequence: Int64
    var timestamp: Int64
    /// Nanoseconds of the wall clock.
    var arrival: Int64
    /// Empty: nothing but padding. It has its place in the order and is not given out.
    var opus: [UInt8]
    /// Frames missing before it.
    var lost = 0
  }

  /// Nanoseconds that a frame waits for one before it.
  static let longestWait: Int64 = 60_000_000
  static let mostWaiting = 8
  /// A number further from the last than this begins the stream anew.
  static let largestStep: Int64 = 1_024
  /// More missing frames than this, 1 s, are a pause that nobody told of.
  static let mostLost: Int64 = 50

  /// Ascending, with the time that each has waited since.
  private var waiting: [(frame: Frame, since: Int64)] = []
  private var next: Int64?
  /// Which of the 64 numbers before `next` were given out.
  private var seen: UInt64 = 0

  /// Takes a frame in.
  ///
  /// - Parameter now: nanoseconds on a clock that does not go back.
  mutating func insert(_ frame: Frame, at now: Int64) -> Verdict {
    if let next {
      let step = frame.sequence - next
      if step > Self.largestStep || step < -Self.largestStep {
        // Restarted. What waits goes first.
        self.next = nil
        seen = 0
      } else if step < 0 {
        let wasSeen = step >= -64 && seen & (1 << UInt64(-step - 1)) != 0
        return wasSeen ? .duplicate : .late
      }
    }
    let index = waiting.firstIndex { $0.frame.sequence >= frame.sequence } ?? waiting.endIndex
    if index < waiting.endIndex, waiting[index].frame.sequence == frame.sequence {
      return .duplicate
    }
    waiting.insert((frame, now), at: index)
    return .taken
  }

  /// The next frame that is not to wait any longer; nil: none.
  mutating func pop(at now: Int64) -> Frame? {
    guard let first = waiting.first else { return nil }
    let isNext = next.map { $0 == first.frame.sequence } ?? true
    guard isNext || waiting.count > Self.mostWaiting || isOverdue(at: now) else { return nil }
    var frame = waiting.removeFirst().frame
    if let next {
      let missing = frame.sequence - next
      frame.lost = missing <= Self.mostLost ? Int(missing) : 0
      seen = missing >= 63 ? 0 : seen << UInt64(missing)
    }
    seen = seen << 1 | 1
    next = frame.sequence + 1
    return frame
  }

  /// When ``pop(at:)`` may have more to give; nil: when another frame has come.
  var deadline: Int64? { waiting.map(\.since).min().map { $0 + Self.longestWait } }

  private func isOverdue(at now: Int64) -> Bool {
    deadline.map { now >= $0 } ?? false
  }
}
