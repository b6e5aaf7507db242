package import CaptureLog
package import SystemPackage

/// The offline stage without files of its own: a capture in, samples out.
package enum RenderEngine {
  /// Reads the log once and learns who sent when, and how each sender's clock ran.
  ///
  /// Reads only the clear RTP headers and the events; with keys, forged packets do not move anything.
  ///
  /// - Parameter keys: what the capture's key log gave.
  /// - Throws: ``RenderCancellation/error`` when cancelled.
  package static func survey(
    capture: FilePath, keys: CaptureKeys? = nil, cancellation: RenderCancellation? = nil
  ) throws -> SessionSurvey {
    try survey(
      CaptureReader(opening: capture), owners: StreamOwners(),
      keys: keys.map { TransportKeys(RenderKeys.transport($0)) }, cancellation: cancellation)
  }

  /// Learns from the end-to-end keys whose the streams are that the server named nobody for, or
  /// named somebody else for at about that time.
  ///
  /// The log is read again only where there are such, and once more where the keys told something.
  ///
  /// - Throws: ``RenderCancellation/error`` when cancelled.
  package static func learnSpeakers(
    _ survey: SessionSurvey, capture: FilePath, keys: RenderKeys,
    cancellation: RenderCancellation? = nil
  ) throws -> SessionSurvey {
    guard var learning = SpeakerLearning(survey, keys: keys) else { return survey }
    var reader = try CaptureReader(opening: capture, extent: survey.extent)
    var count = 0
    while let record = try reader.next() {
      count &+= 1
      if count & 0xFFFF == 0, cancellation?.isCancelled == true { throw RenderCancellation.error }
      guard case .packet(let packet) = record else { continue }
      reader.withPayload { learning.take(packet, payload: $0) }
    }
    let owners = learning.finish()
    guard !owners.isEmpty else { return survey }
    return try Self.survey(
      CaptureReader(opening: capture, extent: survey.extent), owners: owners,
      keys: TransportKeys(keys.transport), cancellation: cancellation)
  }

  private static func survey(
    _ reader: consuming CaptureReader, owners: StreamOwners, keys: TransportKeys?,
    cancellation: RenderCancellation?
  ) throws -> SessionSurvey {
    var builder = SurveyBuilder(session: reader.session, owners: owners, keys: keys)
    var count = 0
    while let record = try reader.next() {
      count &+= 1
      if count & 0xFFFF == 0, cancellation?.isCancelled == true { throw RenderCancellation.error }
      switch record {
      case .packet(let packet):
        reader.withPayload { builder.take(packet, payload: $0) }
      case .event(let event): builder.take(event)
      case .damage(let damage): builder.take(damage)
      }
    }
    return builder.finish(extent: reader.extent)
  }

  /// Reads the log once more and renders some of its speakers.
  ///
  /// Run several of these at once, each with other speakers, for several jobs: they share nothing,
  /// and the samples are the same however the speakers are dealt out (``partition(_:jobs:)``).
  ///
  /// - Parameters:
  ///   - speakers: Ids of ``SessionSurvey/speakers``.
  ///   - makeSink: Called once for each speaker before its first packet; nil places without decoding.
  ///   - trace: Called for every packet of these speakers, in the order of their fates.
  /// - Returns: One result for each of `speakers`, in that order.
  package static func render(
    capture: FilePath, speakers: [String], survey: SessionSurvey, keys: RenderKeys,
    options: EngineOptions, makeSink: ((SessionSurvey.Speaker) throws -> any TrackSink)?,
    trace: ((PlacedPacket) -> Void)? = nil
  ) throws -> [TrackResult] {
    var worker = try RenderWorker(
      survey: survey, keys: keys, options: options, speakers: speakers, makeSink: makeSink,
      trace: trace)
    return try worker.run(capture: capture)
  }

  /// Deals the speakers out to at most `jobs` workers with about as many packets each.
  package static func partition(
    _ speakers: [SessionSurvey.Speaker], jobs: Int
  ) -> [[String]] {
    // Longest first, each to the worker with the least so far; ties by order, so always the same.
    var loads = [UInt64](repeating: 0, count: max(1, min(jobs, speakers.count)))
    var result = [[String]](repeating: [], count: loads.count)
    let order = speakers.indices.sorted {
      (speakers[$1].packets, $0) < (speakers[$0].packets, $1)
    }
    for index in order {
      let worker = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
      loads[worker] += speakers[index].packets
      result[worker].append(speakers[index].id)
    }
    return result
  }
}
