internal import Audio

/// Brings a stream's decoded runs to the output rate and to their places.
///
/// One resampler serves all runs: between two of them the pause is not fed whole but as a few zeros,
/// enough that neither run reaches into the other, so the work follows speech. Each run is then
/// shifted to its place by whole output samples, at most half a sample (31 us at 16 kHz) off.
///
/// Where runs meet without a pause, what rings of one past its end and of the other before its
/// beginning adds up in the track to what one resampler without a joint would give.
struct ResampleStage: ~Copyable {
  private struct Run {
    /// The first of the resampler's output samples that belongs to the run.
    var firstOutput: Int64
    /// Added to the number of an output sample to get its place.
    var shift: Int64
  }

  /// Zeros between two runs: 25 ms at 48 kHz to 16 kHz. Beyond 350 samples nothing of a run reaches
  /// 16 bits with soxr; libsamplerate's longest filter needs 430 to either side.
  private let padding: Int
  private let decodeRate: Double
  private let outputRate: Double
  private let kind: Resampler.Kind
  private let track: TrackAssembler

  private var resampler: Resampler?
  /// Output samples for each decoded one; the resampler in use was made for it.
  private(set) var ratio: Double
  private var fed: Int64 = 0
  private var made: Int64 = 0
  private var runs: [Run] = []
  private var output: [Float] = []
  private let zeros = [Float](repeating: 0, count: 960)
  /// Nothing is inside: every sample fed has been given to the track.
  private(set) var isDrained = true

  init(decodeRate: Int, outputRate: Int, kind: Resampler.Kind, track: TrackAssembler) {
    self.decodeRate = Double(decodeRate)
    self.outputRate = Double(outputRate)
    self.kind = kind
    self.track = track
    padding = max(1_200 * decodeRate / 48_000, 400 * decodeRate / outputRate)
    ratio = Double(outputRate) / Double(decodeRate)
  }

  /// Begins a run.
  ///
  /// - Parameters:
  ///   - position: Where in the track its first sample is to lie.
  ///   - stretch: Session clock seconds for each decoded second.
  /// - Returns: Where it comes to lie.
  mutating func begin(at position: Double, stretch: Double) throws(AudioError) -> Double {
    let wanted = outputRate * stretch / decodeRate
    if wanted != ratio {
      try drain()
      resampler = nil
      ratio = wanted
      restartCounts()
    }
    if resampler == nil, ratio != 1 {
      // Exactly the decoder's rate where nothing is stretched: whole ratios have faster filters.
      resampler = try Resampler(
        inputRate: decodeRate / stretch, outputRate: outputRate, kind: kind)
      restartCounts()
    }
    if !isDrained { try feedZeros(padding) }
    let start = Double(fed) * ratio
    let shift = (position - start).rounded()
    runs.append(
      Run(
        firstOutput: Int64((Double(fed - Int64(padding) / 2) * ratio).rounded(.up)),
        shift: Int64(shift)))
    isDrained = false
    return start + shift
  }

  /// Feeds decoded samples of the run.
  mutating func feed(_ samples: Span<Float>) throws(AudioError) {
    fed += Int64(samples.count)
    guard resampler != nil else {
      place(samples)
      return
    }
    let count = try resampler?.process(samples, into: &output) ?? 0
    if count > 0 { placeOutput(count) }
  }

  mutating func feedZeros(_ count: Int) throws(AudioError) {
    let zeros = self.zeros
    var left = count
    while left > 0 {
      let step = min(left, zeros.count)
      try feed(zeros.span.extracting(0..<step))
      left -= step
    }
  }

  /// Gets everything out; the next run begins on silence.
  mutating func drain() throws(AudioError) {
    guard !isDrained else { return }
    try feedZeros(resampler?.settlingSamples ?? 0)
    isDrained = true
  }

  /// The place of the earliest sample that may still come, with 50 ms to spare for the beginning of a
  /// run that joins this one; nil when drained.
  var frontier: Int64? {
    guard !isDrained, let first = runs.first else { return nil }
    var earliest = made + first.shift
    if runs.count > 1 {
      for run in runs.dropFirst() { earliest = min(earliest, run.firstOutput + run.shift) }
    }
    return earliest - Int64(outputRate / 20)
  }

  /// Gives memory back; only while drained.
  mutating func release() {
    guard isDrained else { return }
    resampler = nil
    output = []
  }

  /// What goes in is counted anew, also where samples pass as they are: a drained resampler has not
  /// given as much as it was fed.
  private mutating func restartCounts() {
    fed = 0
    made = 0
    runs.removeAll(keepingCapacity: true)
  }

  private mutating func placeOutput(_ count: Int) {
    // The array is moved out for the loan: `place` changes other parts of the stage.
    var buffer: [Float] = []
    swap(&buffer, &output)
    place(buffer.span.extracting(0..<count))
    swap(&buffer, &output)
  }

  private mutating func place(_ samples: Span<Float>) {
    var offset = 0
    while offset < samples.count, let run = runs.first {
      var end = samples.count
      if runs.count > 1 {
        let left = runs[1].firstOutput - made
        if left <= 0 {
          runs.removeFirst()
          continue
        }
        end = min(end, offset + Int(left))
      }
      track.add(samples.extracting(offset..<end), at: made + run.shift)
      made += Int64(end - offset)
      offset = end
    }
  }
}
