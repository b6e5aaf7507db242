internal import Audio
internal import CaptureLog
internal import RTP

/// Pass 2 over one stream: every inbound RTP packet ends in one cell of the ledger.
final class StreamRenderer {
  /// Without packets for so long, in nanoseconds: what is inside comes out; and memory goes back.
  private static let restAfter: Int64 = 1_000_000_000
  private static let releaseAfter: Int64 = 30_000_000_000

  let survey: StreamSurvey
  private let map: SessionMap
  private let isPartial: Bool
  private let leadIn: Double
  private let trace: ((PlacedPacket) -> Void)?
  private let opener: PayloadOpener

  private var headers = StreamGuard()
  private var timeline = StreamTimeline()
  private var order = ReorderBuffer()
  private var player: SpurtPlayer
  private var payload: [UInt8] = []
  private var section = 0
  private var lastArrival: Int64 = 0
  private var isResting = true
  private var isReleased = true

  private(set) var packets = PacketLedger()
  /// Place of the first packet minus its arrival, in output samples.
  private(set) var offset: Double?

  var frames: FrameLedger { player.frames }
  var gaps: [TrackGap] { player.gaps }
  /// The earliest place that may still be added to; nil for none.
  var frontier: Int64? { player.stage.frontier }

  init(
    survey: StreamSurvey, map: SessionMap, options: EngineOptions, track: TrackAssembler,
    opener: PayloadOpener, isDecoding: Bool, trace: ((PlacedPacket) -> Void)?
  ) {
    self.survey = survey
    self.map = map
    self.opener = opener
    self.trace = trace
    isPartial = options.from > 0 || options.to != nil
    // The decoder's state needs some packets before the first that is wanted.
    leadIn = Double(options.outputRate) / 10
    player = SpurtPlayer(
      clock: survey.clock, map: map, track: track,
      decodeRate: options.resampler == .decoder ? options.outputRate : 48_000,
      kind: options.resampler.library, isDecoding: isDecoding)
  }

  /// Takes a packet of a voice payload type.
  func take(
    _ header: RTPHeader, arrival: Int64, datagram: Span<UInt8>
  ) throws(AudioError) {
    packets.captured += 1
    lastArrival = max(lastArrival, arrival)
    isResting = false
    isReleased = false
    guard isCredible(header, arrival: arrival, datagram: datagram) else {
      packets.undecryptable.transport += 1
      report(
        Int64(header.sequenceNumber), Int64(header.timestamp), arrival, .undecryptable)
      return
    }
    let position = timeline.position(
      sequence: header.sequenceNumber, timestamp: header.timestamp, arrival: arrival)
    let sequence = position.sequence
    let timestamp = position.timestamp
    if isPartial, try isOutside(sequence, timestamp) {
      packets.excluded += 1
      report(sequence, timestamp, arrival, .excluded)
      return
    }
    let verdict = order.verdict(sequence)
    switch verdict {
    case .duplicate:
      packets.duplicate += 1
      report(sequence, timestamp, arrival, .duplicate)
      return
    case .late:
      packets.late += 1
      report(sequence, timestamp, arrival, .late)
      return
    case .next, .early: break
    }
    var bytes: [UInt8] = []
    swap(&bytes, &payload)
    defer { swap(&bytes, &payload) }
    let content = open(header, arrival: arrival, datagram: datagram, into: &bytes)
    guard let content else {
      report(sequence, timestamp, arrival, .undecryptable)
      return
    }
    if case .failed = content { report(sequence, timestamp, arrival, .undecryptable) }
    if verdict == .next {
      order.advance(past: sequence)
      try play(sequence, timestamp, arrival, content, bytes.span)
    } else {
      while !order.hasRoom(for: sequence), order.waiting > 0 { try playWaiting() }
      order.hold(
        sequence, timestamp: timestamp, arrival: arrival, content: content, swapping: &bytes)
    }
    while order.isDue(at: arrival) { try playWaiting() }
  }

  /// Takes a packet of another payload type.
  func takeOther(_ header: RTPHeader, arrival: Int64) {
    packets.captured += 1
    packets.other += 1
    report(Int64(header.sequenceNumber), Int64(header.timestamp), arrival, .other)
  }

  /// Called now and then, with the log's time.
  func sweep(at time: Int64) throws(AudioError) {
    while order.isDue(at: time) { try playWaiting() }
    guard order.waiting == 0, time - lastArrival > Self.restAfter else { return }
    if !isResting {
      try player.rest()
      isResting = true
    }
    if time - lastArrival > Self.releaseAfter, !isReleased {
      isReleased = true
      order.release()
      player.release()
    }
  }

  /// Plays what waits; nothing comes any more.
  func finish() throws(AudioError) {
    while order.waiting > 0 { try playWaiting() }
    try player.rest()
  }

  /// Whether the header may be believed; as pass 1 does, which see.
  private func isCredible(
    _ header: RTPHeader, arrival: Int64, datagram: Span<UInt8>
  ) -> Bool {
    if !headers.isPlain(header, arrival: arrival) {
      let isTrue = opener.isCredible(
        datagram, header: header, connection: survey.connection, time: arrival)
      guard isTrue, !survey.clock.sections.isEmpty else { return false }
    }
    headers.accept(header, arrival: arrival)
    return true
  }

  /// Opens a packet and books what fails; nil when it must not be taken for the packet of its number.
  private func open(
    _ header: RTPHeader, arrival: Int64, datagram: Span<UInt8>, into bytes: inout [UInt8]
  ) -> ReorderBuffer.Content? {
    switch opener.open(
      datagram, header: header, connection: survey.connection, user: survey.user, time: arrival,
      into: &bytes)
    {
    case .opened: return .payload
    case .transport:
      packets.undecryptable.transport += 1
      return nil
    case .noEpoch: packets.undecryptable.noEpoch += 1
    case .badTag: packets.undecryptable.badTag += 1
    case .replay: packets.undecryptable.replay += 1
    case .notDAVE: packets.undecryptable.notDAVE += 1
    case .unmapped: packets.undecryptable.unmapped += 1
    }
    return .failed(.undecryptable)
  }

  private func playWaiting() throws(AudioError) {
    var bytes: [UInt8] = []
    swap(&bytes, &payload)
    defer { swap(&bytes, &payload) }
    guard let slot = order.pop(into: &bytes) else { return }
    try play(slot.sequence, slot.timestamp, slot.arrival, slot.content, bytes.span)
  }

  private func play(
    _ sequence: Int64, _ timestamp: Int64, _ arrival: Int64, _ content: ReorderBuffer.Content,
    _ payload: Span<UInt8>
  ) throws(AudioError) {
    if case .failed(let cause) = content {
      player.fail(cause)
      return
    }
    switch try player.play(sequence: sequence, timestamp: timestamp, payload: payload) {
    case .placed(let position):
      packets.placed += 1
      if offset == nil { offset = position - map.position(at: arrival) }
      report(sequence, timestamp, arrival, .placed, position)
    case .undecodable:
      packets.undecodable += 1
      report(sequence, timestamp, arrival, .undecodable)
    }
  }

  private func isOutside(_ sequence: Int64, _ timestamp: Int64) throws(AudioError) -> Bool {
    section = survey.clock.section(sequence: sequence, timestamp: timestamp, from: section)
    let position = map.position(of: timestamp, in: survey.clock.sections[section])
    // Decoded audio begins with what the codec still held of the packet before.
    return position < -leadIn || position - player.codecDelay >= Double(map.length)
  }

  private func report(
    _ sequence: Int64, _ timestamp: Int64, _ arrival: Int64, _ fate: PlacedPacket.Fate,
    _ position: Double = 0
  ) {
    guard let trace else { return }
    trace(
      PlacedPacket(
        connection: survey.connection, ssrc: survey.ssrc, sequence: sequence,
        timestamp: UInt32(truncatingIfNeeded: timestamp), arrival: arrival, position: position,
        fate: fate))
  }
}

extension EngineOptions.ResamplerKind {
  /// What resamples; also beside the decoder, where a clock's drift is to be taken out.
  var library: Resampler.Kind {
    switch self {
    case .soxrVHQ, .decoder: .soxr
    case .samplerateBest: .samplerateBest
    case .samplerateMedium: .samplerateMedium
    case .samplerateFastest: .samplerateFastest
    }
  }
}
