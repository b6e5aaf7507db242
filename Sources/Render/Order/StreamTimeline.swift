internal import RTP

/// Unwraps the sequence numbers and timestamps of one stream, the same way in both passes.
///
/// Numbers never begin anew: a sender that does under the same SSRC goes on above what it had, so
/// that order, loss and duplicates can be told from the unwrapped sequence alone.
struct StreamTimeline {
  struct Position: Equatable {
    var sequence: Int64
    /// In 48 kHz samples.
    var timestamp: Int64
    /// The sender began anew with this packet.
    var isRestart: Bool
  }

  /// A packet further behind than this many is no late packet but a sender that began anew.
  private static let deepestReorder: Int64 = 1_024
  /// Nanoseconds of Opus' shortest frame: no sender counts faster, so a number that is further ahead
  /// than that (and than `deepestReorder`) is no loss but a sender that began anew.
  private static let shortestFrame: Int64 = 2_500_000
  /// The same, for a packet whose timestamp lies so far from where its number says, in samples.
  private static let widestStray: Int64 = 480_000

  private var sequences = SequenceUnwrapper()
  private var timestamps = TimestampUnwrapper()
  /// Added to what the unwrapper says, to stay above what was before.
  private var shift: Int64 = 0
  private var highest: (sequence: Int64, timestamp: Int64, arrival: Int64)?
  private var runs = NumberRuns()

  /// Takes the next packet in the order of arrival.
  mutating func position(
    sequence: UInt16, timestamp: UInt32, arrival: Int64
  ) -> Position {
    if let old = replayed(sequence, timestamp) { return old }
    let before = highest?.sequence
    let position = unwrapped(sequence, timestamp, arrival)
    if highest?.sequence != before {
      runs.append(sequence: sequence, timestamp: timestamp, number: position.sequence)
    }
    return position
  }

  /// Where a packet lies that came before, and so long ago that its numbers would else be taken for
  /// those of a sender that began anew. What unwraps the numbers must not see it.
  private func replayed(_ sequence: UInt16, _ timestamp: UInt32) -> Position? {
    // Most packets go on from the one before, and need no search.
    guard let highest, !runs.isNext(sequence: sequence, timestamp: timestamp),
      let number = runs.number(sequence: sequence, timestamp: timestamp),
      number < highest.sequence - Self.deepestReorder
    else { return nil }
    // Its time does not matter: it is far behind whatever is played now.
    let time = highest.timestamp - (highest.sequence - number) * 960
    return Position(sequence: number, timestamp: time, isRestart: false)
  }

  private mutating func unwrapped(
    _ sequence: UInt16, _ timestamp: UInt32, _ arrival: Int64
  ) -> Position {
    var number = sequences.unwrap(sequence, at: arrival) &+ shift
    let time = timestamps.unwrap(timestamp, at: arrival)
    guard let last = highest else {
      highest = (number, time, arrival)
      return Position(sequence: number, timestamp: time, isRestart: false)
    }
    if number > last.sequence {
      let ahead = number - last.sequence
      let possible = max(0, arrival - last.arrival) / Self.shortestFrame
      let isRestart = ahead > max(Self.deepestReorder, possible)
      if isRestart {
        // Two, so that the break is also a gap in the numbers.
        shift -= ahead - 2
        number = last.sequence + 2
      }
      highest = (number, time, arrival)
      return Position(sequence: number, timestamp: time, isRestart: isRestart)
    }
    let behind = last.sequence - number
    let stray = (last.timestamp - time).magnitude
    let reach = UInt64(behind) * 5_760 + UInt64(Self.widestStray)
    guard behind > Self.deepestReorder || stray > reach else {
      return Position(sequence: number, timestamp: time, isRestart: false)
    }
    // One more than needed, so that the break is also a gap in the numbers.
    let raise = behind + 2
    shift += raise
    number += raise
    highest = (number, time, arrival)
    return Position(sequence: number, timestamp: time, isRestart: true)
  }
}
