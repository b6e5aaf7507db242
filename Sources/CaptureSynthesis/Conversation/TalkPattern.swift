/// One stretch of speech of one speaker, in true time from the session's zero.
package struct Turn: Sendable, Equatable {
  /// Nanoseconds.
  package var start: Int64
  /// Nanoseconds.
  package var duration: Int64
  /// Where in the speaker's voice (a looped recording at 48 kHz) the turn begins, in samples.
  package var position: Int64

  package var end: Int64 { start + duration }

  package init(start: Int64, duration: Int64, position: Int64 = 0) {
    self.start = start
    self.duration = duration
    self.position = position
  }
}

/// When a speaker talks.
package enum TalkPattern: Sendable, Equatable {
  /// From start to end without a pause.
  case nonStop
  /// These turns, ordered and apart.
  case turns([Turn])
  /// One spurt of `length` ns at a random place of every period, so that `share` of the time is
  /// speech; the voice goes on from spurt to spurt.
  case spurts(length: Int64, share: Double)
}

/// The turns of a pattern, made as they are asked for: a day of talk costs no memory.
struct TurnSequence: Sendable {
  private let pattern: TalkPattern
  private let duration: Int64
  private var random: SplitMix64
  private var index = 0
  private var position: Int64 = 0

  init(_ pattern: TalkPattern, duration: Int64, random: SplitMix64) {
    self.pattern = pattern
    self.duration = duration
    self.random = random
  }

  mutating func next() -> Turn? {
    switch pattern {
    case .nonStop:
      guard index == 0 else { return nil }
      index = 1
      return Turn(start: 0, duration: duration)
    case .turns(let turns):
      guard index < turns.count else { return nil }
      index += 1
      return turns[index - 1]
    case .spurts(let length, let share):
      return nextSpurt(length: length, share: share)
    }
  }

  private mutating func nextSpurt(length: Int64, share: Double) -> Turn? {
    let period = Int64(Double(length) / min(max(share, 0.001), 1))
    let place = Int64(random.uniform() * Double(period - length))
    let turn = Turn(start: Int64(index) * period + place, duration: length, position: position)
    guard turn.end <= duration else { return nil }
    index += 1
    position += length * 48 / 1_000_000
    return turn
  }
}
