/// The map from a stream's RTP time to the session clock, as pass 1 found it.
///
/// A list of straight sections. Each begins at a spurt, so that all steps lie in pauses; a spurt that
/// goes on for minutes may have several, which meet without a step.
package struct StreamClock: Sendable {
  /// A stretch of RTP time that is laid out straight.
  struct Section: Sendable, Equatable {
    /// Unwrapped sequence number of the spurt's first packet.
    var firstSequence: Int64
    /// Unwrapped RTP time at which the section begins, in 48 kHz samples.
    var firstTimestamp: Int64
    /// Where that is on the session clock, in nanoseconds since the Unix epoch.
    var time: Int64
    /// Seconds of session clock gained on each second of RTP time.
    var slope: Float
    /// 48 kHz samples to the section's end, as far as pass 1 could tell.
    var length: UInt32

    /// The session clock at an RTP time, in nanoseconds after `time`.
    func nanoseconds(after timestamp: Int64) -> Double {
      Double(timestamp - firstTimestamp) * (1e9 / 48_000) * (1 + Double(slope))
    }
  }

  /// Ascending by first sequence number, then by first timestamp.
  var sections: [Section] = []
  /// Parts per million by which the sender's clock runs fast: the mean over its speech.
  package var ppm: Double = 0
  /// Median distance of the least delays of up to 2 s each from the fitted clock, in milliseconds.
  package var residualMilliseconds: Double = 0
  /// How many clocks the stream ran on: 1, unless its timestamps stood still or began anew.
  package var pieces = 0

  package init() {}

  /// The section that a packet lies in.
  ///
  /// - Parameter hint: The index of the section of the packet before, from which to look on.
  func section(sequence: Int64, timestamp: Int64, from hint: Int) -> Int {
    var index = max(0, min(hint, sections.count - 1))
    while index > 0, !hasBegun(index, sequence: sequence, timestamp: timestamp) { index -= 1 }
    while index + 1 < sections.count,
      hasBegun(index + 1, sequence: sequence, timestamp: timestamp)
    { index += 1 }
    return index
  }

  private func hasBegun(_ index: Int, sequence: Int64, timestamp: Int64) -> Bool {
    let section = sections[index]
    if sequence < section.firstSequence { return false }
    // Within a spurt the sections follow one another by time.
    let isContinuation = index > 0 && sections[index - 1].firstSequence == section.firstSequence
    if !isContinuation { return true }
    if index + 1 < sections.count, sequence >= sections[index + 1].firstSequence,
      sections[index + 1].firstSequence > section.firstSequence
    {
      return true
    }
    return timestamp >= section.firstTimestamp
  }
}
