internal import Audio

/// Plays the packets of one stream, in order, into the speaker's track: every packet at its place,
/// what is lost filled, pauses left out.
struct SpurtPlayer: ~Copyable {
  /// Contiguous audio that one resampler run takes.
  struct Run {
    /// Index of the clock's section.
    var section: Int
    /// RTP time of the run's beginning, and its place in the track.
    var timestamp: Int64
    var place: Double
    /// Output samples for each 48 kHz sample.
    var rate: Double
    var stretch: Double
    /// The track is marked as speech up to here.
    var covered: Int64
  }

  enum Outcome: Equatable {
    /// Place of the moment that the packet's first sample stands for.
    case placed(Double)
    case undecodable
  }

  /// In 48 kHz samples: a shorter pause is fed as zeros, within the spurt.
  static let shortPause: Int64 = 1_200

  let clock: StreamClock
  let map: SessionMap
  let track: TrackAssembler
  let isDecoding: Bool
  var decoder: PacketDecoder
  var stage: ResampleStage
  /// Decoded samples for each 48 kHz one, as a divisor.
  let decimation: Int
  /// Output samples that decoded audio lies behind what was said.
  let codecDelay: Double
  private let zeros = [Float](repeating: 0, count: 2_880)

  var frames = FrameLedger()
  var gaps: [TrackGap] = []

  var run: Run?
  /// RTP time that follows what the run holds.
  var expected: Int64 = 0
  /// 48 kHz samples of the last packet.
  var lastLength: Int64 = 960
  private var section = 0
  private var lastSequence: Int64?
  /// Packets since the last played one that came but could not be opened or decoded.
  private var failed: Int64 = 0
  var failure = TrackGap.Cause.loss

  init(
    clock: StreamClock, map: SessionMap, track: TrackAssembler, decodeRate: Int,
    kind: Resampler.Kind, isDecoding: Bool
  ) {
    self.clock = clock
    self.map = map
    self.track = track
    self.isDecoding = isDecoding
    decimation = 48_000 / decodeRate
    codecDelay = Double(OpusPacket.codecDelay) * Double(map.outputRate) / 48_000
    decoder = PacketDecoder(sampleRate: decodeRate)
    stage = ResampleStage(
      decodeRate: decodeRate, outputRate: map.outputRate, kind: kind, track: track)
  }

  /// A packet came, in its order, that could not be opened: what is missing is no loss.
  mutating func fail(_ cause: TrackGap.Cause) {
    failed += 1
    failure = cause
  }

  /// Plays the next packet.
  mutating func play(
    sequence: Int64, timestamp: Int64, payload: Span<UInt8>
  ) throws(AudioError) -> Outcome {
    section = clock.section(sequence: sequence, timestamp: timestamp, from: section)
    if OpusPacket.isSilenceFrame(payload) {
      try bridge(to: timestamp, section: section, hole: takeHole(before: sequence))
      if isDecoding { try decoder.hearSilence(payload) }
      endRun()
      return .placed(map.position(of: timestamp, in: clock.sections[section]))
    }
    let packet: OpusPacket
    do throws(AudioError) {
      packet = try OpusPacket(parsing: payload)
    } catch {
      fail(.undecodable)
      return .undecodable
    }
    let length = Int64(packet.totalSamples)
    var hole = takeHole(before: sequence)
    hole.nextLength = length
    if packet.hasLBRR { hole.redundancy = Int64(packet.frameSamples) }
    try bridge(to: timestamp, section: section, hole: hole, recovering: payload)
    if run?.section != section { begin(at: timestamp, section: section) }
    let place = run.map { $0.place + Double(timestamp - $0.timestamp) * $0.rate } ?? 0
    guard isDecoding else {
      advance(by: length)
      lastLength = length
      return .placed(place + codecDelay)
    }
    let count: Int
    do throws(AudioError) {
      count = try decoder.decode(payload, isStereo: packet.isStereo)
    } catch .undecodable {
      // Its place is a hole, to be concealed when the next packet comes.
      lastSequence = sequence - 1
      fail(.undecodable)
      return .undecodable
    }
    try feed(count)
    lastLength = length
    let start = run.map { $0.place + Double(timestamp - $0.timestamp) * $0.rate } ?? place
    return .placed(start + codecDelay)
  }

  /// Gets everything out of the resampler: nothing comes for a while.
  mutating func rest() throws(AudioError) { try stage.drain() }

  /// Gives memory back after a rest.
  mutating func release() {
    stage.release()
    decoder.release()
  }

  /// What is missing before a packet, counted once.
  private mutating func takeHole(before sequence: Int64) -> Hole {
    let missing = lastSequence.map { max(0, sequence - $0 - 1) } ?? 0
    let hole = Hole(
      packets: missing, lost: max(0, missing - failed),
      cause: failed * 2 > missing ? failure : .loss)
    failed = 0
    lastSequence = sequence
    return hole
  }

  /// Begins a run; a run it takes over from without a pause goes on in the track.
  mutating func begin(at timestamp: Int64, section index: Int) {
    let section = clock.sections[index]
    let stretch = SessionMap.stretch(of: section)
    let place = map.position(of: timestamp, in: section) - codecDelay
    run = Run(
      section: index, timestamp: timestamp, place: place,
      rate: Double(map.outputRate) * stretch / 48_000, stretch: stretch,
      covered: run?.covered ?? Int64(place.rounded()))
    expected = timestamp
    // Its resampler run begins with its first samples.
    needsStage = true
  }

  var needsStage = true

  mutating func endRun() { run = nil }

  /// Feeds what the decoder holds.
  mutating func feed(_ count: Int) throws(AudioError) {
    try openStage()
    let samples = decoder.samples
    try stage.feed(samples.span.extracting(0..<count))
    advance(by: Int64(count * decimation))
  }

  /// Feeds zeros, in 48 kHz samples.
  mutating func feedZeros(_ length: Int64) throws(AudioError) {
    guard isDecoding else {
      advance(by: length)
      return
    }
    try openStage()
    let zeros = self.zeros
    var left = Int(length) / decimation
    while left > 0 {
      let step = min(left, zeros.count)
      try stage.feed(zeros.span.extracting(0..<step))
      left -= step
    }
    advance(by: length)
  }

  private mutating func openStage() throws(AudioError) {
    guard needsStage || stage.isDrained, var current = run else { return }
    let place = current.place + Double(expected - current.timestamp) * current.rate
    current.place = try stage.begin(at: place, stretch: current.stretch)
    current.timestamp = expected
    run = current
    needsStage = false
  }

  mutating func advance(by length: Int64) {
    expected += length
    guard var current = run else { return }
    let end = Int64(
      (current.place + Double(expected - current.timestamp) * current.rate).rounded())
    let start = min(current.covered, end)
    if end > start { track.cover(SampleRange(start: start, end: end)) }
    current.covered = end
    run = current
  }
}
