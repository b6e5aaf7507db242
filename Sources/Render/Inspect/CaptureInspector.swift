package import CaptureLog
internal import RTP
package import SystemPackage

/// Looks through a capture.
package struct CaptureInspector {
  private struct StreamKey: Hashable {
    var connection: UInt32
    var ssrc: UInt32
  }

  /// A stream of the survey with what this pass counts of it.
  private struct Stream {
    var survey: StreamSurvey
    var activity: ActivityCounter
  }

  private let survey: SessionSurvey
  private let bins: Int
  private var streams: [Stream]
  private var indices: [StreamKey: [Int]] = [:]

  /// Reads the whole log twice.
  ///
  /// - Parameters:
  ///   - keys: Operator keys; a capture that none opens is inspected without names.
  ///   - bins: Parts to divide the session into, for the activity.
  /// - Throws: What opening and reading a capture throws, but nothing for want of keys.
  package static func inspect(
    _ capture: FilePath, keys: [OperatorKey], bins: Int
  ) throws(RenderError) -> CaptureInspection {
    let sessionKeys = try? SessionKeys(capture: capture, keys: keys)
    var survey = try RenderJob.any {
      try RenderEngine.survey(capture: capture, keys: sessionKeys?.opened)
    }
    let isEncrypted = survey.session.encryptedAtRest
    if isEncrypted, let opened = sessionKeys?.opened {
      survey = try RenderJob.any {
        try RenderEngine.learnSpeakers(
          survey, capture: capture, keys: RenderKeys(opened, survey: survey))
      }
    }
    var inspector = CaptureInspector(survey, bins: max(1, bins))
    try RenderJob.any { try inspector.readLog(capture) }
    return inspector.result(keys: isEncrypted ? sessionKeys : nil)
  }

  private init(_ survey: SessionSurvey, bins: Int) {
    self.survey = survey
    self.bins = bins
    streams = survey.streams.map { Stream(survey: $0, activity: ActivityCounter(bins: bins)) }
    for (index, stream) in survey.streams.enumerated() {
      let key = StreamKey(connection: stream.connection, ssrc: stream.ssrc)
      indices[key, default: []].append(index)
    }
  }

  private mutating func readLog(_ capture: FilePath) throws {
    var reader = try CaptureReader(opening: capture, extent: survey.extent)
    let length = Double(max(survey.end - survey.zero, 1))
    while let record = try reader.next() {
      guard case .packet(let packet) = record, !packet.isOutbound else { continue }
      let header = reader.withPayload { payload -> RTPHeader? in
        guard case .rtp(let header) = DatagramKind.classify(payload) else { return nil }
        return header
      }
      let time = SessionTime.bounded(packet.time)
      guard let header, let index = stream(of: header, in: packet, at: time) else { continue }
      let place = Double(time - survey.zero) / length * Double(bins)
      let bin = Int(min(max(place, 0), Double(bins - 1)))
      streams[index].activity.record(
        header, at: time, bin: bin, isAudio: survey.isAudio(header.payloadType))
    }
    for index in streams.indices { streams[index].activity.finish() }
  }

  /// The stream of the survey that a packet belongs to: an SSRC may change hands.
  private func stream(
    of header: RTPHeader, in packet: PacketRecord, at time: Int64
  ) -> Int? {
    let key = StreamKey(connection: packet.connection, ssrc: header.ssrc)
    return indices[key]?.first {
      streams[$0].survey.firstArrival <= time && time <= streams[$0].survey.lastArrival
    }
  }

  private func result(keys: SessionKeys?) -> CaptureInspection {
    let extent = survey.extent
    return CaptureInspection(
      session: survey.session, isComplete: survey.isComplete, isLive: extent.isLive,
      zero: survey.zero, seconds: Double(max(0, survey.end - survey.zero)) / 1e9,
      segments: extent.segments.count, bytes: extent.segments.reduce(0) { $0 + $1.size },
      counts: survey.counts, speakers: survey.speakers.map { speaker($0, keys) },
      participants: survey.participants, connections: connections(), drops: survey.drops,
      damages: survey.damages, damageCount: survey.damageCount,
      hasKeys: survey.session.encryptedAtRest ? keys != nil : nil)
  }

  private func connections() -> [CaptureInspection.Connection] {
    survey.connections.sorted { $0.key < $1.key }.map {
      CaptureInspection.Connection(number: $0.key, mode: $0.value.mode, dave: $0.value.dave)
    }
  }

  private func speaker(
    _ speaker: SessionSurvey.Speaker, _ keys: SessionKeys?
  ) -> CaptureInspection.Speaker {
    let own = speaker.streams.map { streams[$0] }
    let longest = own.max { $0.survey.packets < $1.survey.packets }
    var activity = [Double](repeating: 0, count: bins)
    for stream in own {
      for bin in activity.indices { activity[bin] += stream.activity.activity[bin] }
    }
    let binSeconds = max(Double(survey.end - survey.zero) / 1e9 / Double(bins), 1e-9)
    var ssrcs: [UInt32] = []
    for stream in own where !ssrcs.contains(stream.survey.ssrc) { ssrcs.append(stream.survey.ssrc) }
    func seconds(_ time: Int64?) -> Double { Double((time ?? survey.zero) - survey.zero) / 1e9 }
    return CaptureInspection.Speaker(
      id: speaker.id, userID: speaker.userID,
      names: keys?.names(of: speaker.id) ?? Manifest.Names(),
      isBot: keys?.isBot(speaker.id) ?? false, ssrcs: ssrcs,
      packets: Int64(clamping: speaker.packets),
      missing: own.reduce(0) { $0 + $1.activity.missing },
      gaps: own.reduce(0) { $0 + $1.activity.gaps },
      duplicates: own.reduce(0) { $0 + $1.activity.duplicates },
      jitterMilliseconds: own.map(\.survey.jitterMilliseconds).max() ?? 0,
      ppm: longest.flatMap { Self.drift($0.survey) },
      talkSeconds: own.reduce(0) { $0 + $1.activity.talkSeconds },
      first: seconds(own.map(\.survey.firstArrival).min()),
      last: seconds(own.map(\.survey.lastArrival).max()),
      e2ee: endToEnd(speaker, own, keys),
      activity: activity.map { min(1, $0 / binSeconds) })
  }

  /// The drift of a stream that is long enough for the clock fit to have measured one.
  private static func drift(_ stream: StreamSurvey) -> Double? {
    let seconds = Double(stream.lastArrival - stream.firstArrival) / 1e9
    return ClockFit.isMeasurable(seconds: seconds, packets: Int(clamping: stream.audioPackets))
      ? stream.clock.ppm : nil
  }

  private func endToEnd(
    _ speaker: SessionSurvey.Speaker, _ streams: [Stream], _ keys: SessionKeys?
  ) -> CaptureInspection.EndToEnd {
    let isOn = streams.contains { (survey.connections[$0.survey.connection]?.dave ?? 0) > 0 }
    guard isOn else { return .off }
    guard let keys else { return .on }
    return keys.opened.senders(speaker.id).isEmpty ? .noKeys : .keys
  }
}
