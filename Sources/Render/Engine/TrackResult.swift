/// Missing audio inside a talk spurt.
package struct TrackGap: Sendable, Equatable {
  package enum Cause: String, Sendable, CaseIterable {
    /// The packets never came, or only after their place was passed.
    case loss
    case undecryptable
    case undecodable
  }

  /// In samples of the output.
  package var range: SampleRange
  package var cause: Cause

  package init(range: SampleRange, cause: Cause) {
    self.range = range
    self.cause = cause
  }
}

/// What rendering one speaker gave, beside the samples that went to the sink.
package struct TrackResult: Sendable, Equatable {
  /// User id, or `ssrc-<n>` for one that was never learned; the file stem.
  package var speaker: String
  package var packets = PacketLedger()
  package var frames = FrameLedger()
  /// Ascending and disjoint: the extents that were written. Pauses shorter than a packet's frame do
  /// not part them.
  package var spurts: [SampleRange] = []
  /// Ascending.
  package var gaps: [TrackGap] = []
  package var clock = Manifest.Clock(offsetSamples: 0, ppm: 0, residualMilliseconds: 0)
  package var streams: [Manifest.Stream] = []
  /// Largest magnitude before rounding, 1 is full scale.
  package var peak: Float = 0
  package var clippedSamples: Int64 = 0
  /// Sum of the spurts' lengths.
  package var speechSamples: Int64 = 0

  package init(speaker: String) {
    self.speaker = speaker
  }
}
