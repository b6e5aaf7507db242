internal import CaptureLog
internal import CaptureSynthesis
internal import Render
internal import SystemPackage

/// Simulates, renders and measures one conversation.
struct Demo {
  /// What one speaker's track came to.
  struct Evaluation {
    var placement: PlacementResult
    var audio: AudioResult
  }

  let plan: CapturePlan
  let capture: FilePath
  let output: FilePath
  let keys: OperatorKeyStore
  let isEndToEnd: Bool

  /// Hours of speech are looped from a few seconds of it, and measured by placement alone.
  var isLong: Bool { plan.duration > .minutes(10) }
  var truth: FilePath { TruthReader.path(besides: capture) }

  init(
    folder: FilePath, scenario name: String, seed: UInt64, duration: Int64?, isEndToEnd: Bool
  ) throws {
    self.isEndToEnd = isEndToEnd
    guard let scenario = Scenario.named(name) else {
      throw CommandFailure(
        .usage, "there is no scenario '\(name)'; see tapedeck simulate capture --list-scenarios")
    }
    var options = ScenarioOptions(seed: seed)
    options.duration = duration
    plan = scenario.plan(options)
    capture = folder.appending("capture")
    output = folder.appending("tracks")
    keys = OperatorKeyStore(folder: folder.appending("keys"))
    guard try keys.publicKeys().isEmpty else {
      throw CommandFailure(.usage, "\(folder) holds a demo already; give another --out")
    }
  }

  func simulate(_ voices: VoiceLibrary) throws -> SynthesisCounts {
    var options = SynthesisOptions()
    options.payloads = isLong ? .looped(seconds: 30) : .encoded
    options.endToEnd = isEndToEnd ? EndToEndPlan() : nil
    options.recipients = [try keys.create(name: "demo").key.publicKey]
    return try CaptureSynthesizer.write(plan, voices: voices, to: capture, options: options)
  }

  private func job() throws -> RenderJob {
    RenderJob(capture: capture, output: output, keys: try keys.privateKeys())
  }

  func render() throws -> Manifest {
    try job().run().manifest
  }

  /// By speaker, in the order of the plan.
  func evaluate(_ voices: VoiceLibrary, _ manifest: Manifest) throws -> [Evaluation] {
    var reader = try TruthReader(opening: truth)
    let header = reader.header
    var placement = PlacementEvaluation(header: header)
    while let record = try reader.next() { placement.expect(record) }
    var audio: [AudioEvaluation?] = try header.speakers.map { speaker in
      guard !isLong, let track = manifest.speakers.first(where: { $0.userID == speaker.user })
      else { return nil }
      return try AudioEvaluation(
        track: output.appending(track.file), voice: voices[speaker.voice])
    }
    // Once more, since what a spurt may be late by is known only behind it.
    var again = try TruthReader(opening: truth)
    while let record = try again.next() {
      audio[record.speaker]?.add(record, allowance: placement.allowance(for: record))
    }
    try job().trace { packet in
      guard packet.fate == .placed else { return }
      placement.place(
        connection: packet.connection, ssrc: packet.ssrc, sequence: packet.sequence,
        timestamp: packet.timestamp, at: packet.position / Double(manifest.sampleRate) * 1e9)
    }
    return zip(placement.results, audio).map {
      Evaluation(placement: $0, audio: $1?.result ?? AudioResult())
    }
  }
}
