internal import Audio
internal import CaptureLog
internal import RTP
internal import SystemPackage

/// One worker of pass 2: streams the whole log and renders its own speakers.
struct RenderWorker {
  private final class Track {
    let speaker: SessionSurvey.Speaker
    let assembler: TrackAssembler
    var streams: [StreamRenderer] = []

    init(speaker: SessionSurvey.Speaker, assembler: TrackAssembler) {
      self.speaker = speaker
      self.assembler = assembler
    }

    func commit() {
      var frontier: Int64?
      for stream in streams {
        guard let own = stream.frontier else { continue }
        frontier = min(frontier ?? own, own)
      }
      assembler.commit(upTo: frontier)
    }
  }

  /// The streams of one connection and SSRC, by their first packets.
  private struct Route {
    var streams: [(firstPacket: UInt64, stream: StreamRenderer?, track: Track?)] = []
  }

  /// Packets between looks at the clock of idle streams, and nanoseconds between sweeps.
  private static let sweepInterval: Int64 = 500_000_000

  private let survey: SessionSurvey
  private var tracks: [Track] = []
  private var routes: [UInt64: Route] = [:]
  private let map: SessionMap

  init(
    survey: SessionSurvey, keys: RenderKeys, options: EngineOptions, speakers: [String],
    makeSink: ((SessionSurvey.Speaker) throws -> any TrackSink)?,
    trace: ((PlacedPacket) -> Void)?
  ) throws {
    self.survey = survey
    map = SessionMap(survey: survey, options: options)
    let opener = PayloadOpener(survey: survey, keys: keys)
    var tracks: [Int: (Track, StreamRenderer)] = [:]
    for id in speakers {
      guard let speaker = survey.speakers.first(where: { $0.id == id }) else { continue }
      let assembler = TrackAssembler(
        sink: try makeSink?(speaker), length: map.length, outputRate: options.outputRate)
      let track = Track(speaker: speaker, assembler: assembler)
      for index in speaker.streams {
        let stream = StreamRenderer(
          survey: survey.streams[index], map: map, options: options, track: assembler,
          opener: opener, isDecoding: makeSink != nil, trace: trace)
        track.streams.append(stream)
        tracks[index] = (track, stream)
      }
      self.tracks.append(track)
    }
    // Streams that are not ours keep their place in the routes, to end those before them.
    for (index, stream) in survey.streams.enumerated() {
      let key = StreamKey.key(connection: stream.connection, ssrc: stream.ssrc)
      let own = tracks[index]
      routes[key, default: Route()].streams.append((stream.firstPacket, own?.1, own?.0))
    }
  }

  /// Reads the log from beginning to end.
  mutating func run(capture: FilePath) throws -> [TrackResult] {
    var reader = try CaptureReader(opening: capture, extent: survey.extent)
    var index: UInt64 = 0
    var nextSweep = Int64.min
    var lastKey: UInt64?
    var lastRoute = Route()
    while let record = try reader.next() {
      guard case .packet(let packet) = record else { continue }
      defer { index += 1 }
      let time = SessionTime.bounded(packet.time)
      if time >= nextSweep {
        try sweep(at: time)
        nextSweep = time + Self.sweepInterval
      }
      guard !packet.isOutbound else { continue }
      let work: (RTPHeader, StreamRenderer, Track)? = reader.withPayload { payload in
        guard case .rtp(let header) = DatagramKind.classify(payload) else { return nil }
        let key = StreamKey.key(connection: packet.connection, ssrc: header.ssrc)
        if key != lastKey {
          lastKey = key
          lastRoute = routes[key] ?? Route()
        }
        let found = lastRoute.streams.last { $0.firstPacket <= index }
        guard let stream = found?.stream, let track = found?.track else { return nil }
        return (header, stream, track)
      }
      guard let (header, stream, track) = work else { continue }
      if survey.isAudio(header.payloadType) {
        try reader.withPayload { payload throws(AudioError) in
          try stream.take(header, arrival: time, datagram: payload)
        }
      } else {
        stream.takeOther(header, arrival: time)
      }
      track.commit()
      if let failure = track.assembler.failure { throw failure }
    }
    return try tracks.map { try finish($0) }
  }

  private func sweep(at time: Int64) throws {
    for track in tracks {
      for stream in track.streams { try stream.sweep(at: time) }
      track.commit()
    }
  }

  private func finish(_ track: Track) throws -> TrackResult {
    for stream in track.streams { try stream.finish() }
    track.assembler.finish()
    if let failure = track.assembler.failure { throw failure }
    var result = TrackResult(speaker: track.speaker.id)
    var weight = 0.0
    for stream in track.streams {
      result.packets += stream.packets
      result.frames += stream.frames
      result.gaps += stream.gaps
      result.streams.append(
        Manifest.Stream(
          connection: stream.survey.connection, ssrc: stream.survey.ssrc,
          start: place(stream.survey.firstArrival), end: place(stream.survey.lastArrival)))
      let share = Double(stream.survey.audioPackets)
      weight += share
      result.clock.ppm += share * stream.survey.clock.ppm
      result.clock.residualMilliseconds += share * stream.survey.clock.residualMilliseconds
    }
    if weight > 0 {
      result.clock.ppm /= weight
      result.clock.residualMilliseconds /= weight
    }
    let offset = track.streams.lazy.compactMap(\.offset).first ?? 0
    result.clock.offsetSamples = Int64(offset.rounded())
    result.gaps = clip(result.gaps)
    result.spurts = track.assembler.spurts
    result.speechSamples = track.assembler.speechSamples
    result.peak = track.assembler.levels.peak
    result.clippedSamples = Int64(track.assembler.levels.clipped)
    return result
  }

  private func place(_ time: Int64) -> Int64 {
    max(0, min(map.length, Int64(map.position(at: time).rounded())))
  }

  private func clip(_ gaps: [TrackGap]) -> [TrackGap] {
    gaps.compactMap { gap in
      let range = SampleRange(
        start: max(0, gap.range.start), end: min(map.length, gap.range.end))
      return range.count > 0 ? TrackGap(range: range, cause: gap.cause) : nil
    }
    .sorted { ($0.range.start, $0.range.end) < ($1.range.start, $1.range.end) }
  }
}
