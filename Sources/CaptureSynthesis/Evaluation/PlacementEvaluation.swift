/// How far from the truth a renderer placed the packets of one speaker.
package struct PlacementResult: Sendable, Equatable {
  /// Placed minus (true time + the path's least delay), codec delay out.
  package var error = ErrorStatistics()
  /// The same less the least excess delay within the spurt, which no method can know for a sender
  /// whose timestamps stop in pauses; equal to ``error`` for running timestamps.
  package var attributableError = ErrorStatistics()
  /// Packets that were delivered, and those of them that the renderer placed.
  package var delivered = 0
  package var placed = 0
}

/// Compares placed packets with the truth.
package struct PlacementEvaluation: Sendable {
  private struct Key: Hashable {
    let connection: UInt32
    let ssrc: UInt32
    let sequence: UInt16
    let timestamp: UInt32
  }

  private struct Spurt: Hashable {
    let speaker: Int
    let spurt: Int
  }

  private struct Expectation {
    let speaker: Int
    let spurt: Int
    /// Nanoseconds from the session's zero.
    let position: Int64
  }

  private var expectations: [Key: Expectation] = [:]
  private var leastExcess: [Spurt: Int64] = [:]
  private let isRunning: [Bool]
  /// By speaker, in the order of the plan.
  package private(set) var results: [PlacementResult]

  package init(header: TruthHeader) {
    isRunning = header.speakers.map { $0.timestamps == .running }
    results = header.speakers.map { _ in PlacementResult() }
  }

  /// Takes in the truth of a packet; all of it before the first ``place(connection:ssrc:sequence:timestamp:at:)``.
  package mutating func expect(_ truth: TruthRecord) {
    guard truth.fate == .delivered, let excess = truth.excessDelay else { return }
    let key = Key(
      connection: truth.connection, ssrc: truth.ssrc,
      sequence: UInt16(truncatingIfNeeded: truth.sequence),
      timestamp: UInt32(truncatingIfNeeded: truth.timestamp))
    expectations[key] = Expectation(
      speaker: truth.speaker, spurt: truth.spurt, position: truth.trueTime + truth.leastDelay)
    results[truth.speaker].delivered += 1
    // Sound is never early, but for a spurt's first packet; silence is.
    guard !truth.isFirstOfSpurt, truth.kind != .silence else { return }
    let spurt = Spurt(speaker: truth.speaker, spurt: truth.spurt)
    leastExcess[spurt] = min(leastExcess[spurt] ?? .max, excess)
  }

  /// By how much the packet's spurt may be late for want of knowledge, ns: its least excess delay
  /// for a sender whose timestamps stop in pauses, else 0. Known when all truth was taken in.
  package func allowance(for truth: TruthRecord) -> Int64 {
    allowance(speaker: truth.speaker, spurt: truth.spurt)
  }

  private func allowance(speaker: Int, spurt: Int) -> Int64 {
    isRunning[speaker] ? 0 : leastExcess[Spurt(speaker: speaker, spurt: spurt)] ?? 0
  }

  /// Takes in where a packet's first sample was placed, codec delay out.
  ///
  /// - Parameter position: Nanoseconds from the session's zero.
  package mutating func place(
    connection: UInt32, ssrc: UInt32, sequence: Int64, timestamp: UInt32, at position: Double
  ) {
    let key = Key(
      connection: connection, ssrc: ssrc, sequence: UInt16(truncatingIfNeeded: sequence),
      timestamp: timestamp)
    guard let expectation = expectations[key] else { return }
    let speaker = expectation.speaker
    let error = (position - Double(expectation.position)) / 1e6
    results[speaker].placed += 1
    results[speaker].error.add(error)
    let allowance = Double(allowance(speaker: speaker, spurt: expectation.spurt)) / 1e6
    // Late by no more than what is unknowable is no error; early is one in full.
    let attributable = error > 0 ? max(0, error - allowance) : error
    results[speaker].attributableError.add(attributable)
  }
}
