internal import CaptureSynthesis
internal import DAVEFrames
internal import Synchronization
internal import Testing
internal import VoiceCrypto

@testable import Render

/// Every kind of payload through both passes, decoded.
@Suite struct EnginePayloadTests {
  private static func render(
    _ capture: SyntheticCapture, senders: [String: [RenderKeys.Sender]] = [:]
  ) throws -> [TrackResult] {
    let survey = try RenderEngine.survey(capture: capture.capture)
    var keys = try capture.renderKeys(survey)
    keys.senders = senders
    return try RenderEngine.render(
      capture: capture.capture, speakers: survey.speakers.map(\.id), survey: survey, keys: keys,
      options: EngineOptions(), makeSink: { _ in MemorySink() })
  }

  private static func voices(_ count: Int) -> VoiceLibrary {
    VoiceLibrary(
      voices: (0..<count).map { seed in
        Voice(samples: Voice.synthetic(seconds: 3, seed: UInt64(seed)).samples.map { $0 * 0.1 })
      })
  }

  @Test(
    "every payload ends in its cell, and what is lost is filled",
    arguments: ["fec", "stereo", "frame-sizes", "multi-frame", "undecodable", "dtx", "padding"])
  func payloads(scenario: String) throws {
    var options = ScenarioOptions()
    options.duration = .seconds(8)
    let plan = try #require(Scenario.named(scenario)).plan(options)
    let capture = try SyntheticCapture(plan, voices: Self.voices(2), encrypted: true)
    let results = try Self.render(capture)
    let truth = try capture.truth().records
    #expect(results.count == plan.speakers.count)
    for result in results {
      #expect(result.packets.isBalanced && result.frames.isBalanced)
      #expect(result.packets.undecryptable.total == 0 && result.packets.other == 0)
      #expect(result.clippedSamples == 0 && result.peak > 0.01)
      let speaker = try #require(plan.speakers.firstIndex { $0.user == result.speaker })
      let sent = truth.filter { $0.speaker == speaker }
      let bad = sent.filter { $0.fate == .delivered && $0.kind == .undecodable }.count
      #expect(result.packets.undecodable == bad)
      // Those lost behind the last packet are not missed by anybody.
      let lost = Int64(sent.filter { $0.fate == .lost }.count)
      #expect(result.frames.lost <= lost && result.frames.lost >= lost - 3)
    }
    if scenario == "fec" { #expect(results.contains { $0.frames.recovered > 10 }) }
    if scenario == "undecodable" { #expect(results.contains { $0.packets.undecodable > 0 }) }
  }

  @Test("end-to-end frames open with their sender's key and no other's")
  func endToEnd() throws {
    var options = ScenarioOptions()
    options.duration = .seconds(8)
    let plan = try #require(Scenario.named("clean")).plan(options)
    let user = plan.speakers[0].user
    let secret = [UInt8](repeating: 7, count: 16)
    let sealer = SharedSealer(try FrameSealer(baseSecret: secret))
    let capture = try SyntheticCapture(plan, voices: Self.voices(1)) {
      $0.sealFrame = { _, payload in try sealer.seal(&payload) }
    }
    func sender(_ time: Int64, _ bytes: [UInt8]) -> RenderKeys.Sender {
      RenderKeys.Sender(
        time: time, connection: 0, incarnation: 0, epoch: 1, secret: SecretBytes(bytes))
    }
    let wrong = sender(2, [UInt8](repeating: 9, count: 16))
    let opened = try #require(
      try Self.render(capture, senders: [user: [sender(1, secret), wrong]]).first)
    #expect(opened.packets.isBalanced && opened.packets.placed == opened.packets.captured)
    #expect(opened.peak > 0.01)
  }
}

/// The synthesiser seals from one thread; the lock is what lets a closure that may be sent hold it.
private final class SharedSealer: Sendable {
  private let sealer: Mutex<FrameSealer>

  init(_ sealer: consuming sending FrameSealer) { self.sealer = Mutex(sealer) }

  func seal(_ payload: inout [UInt8]) throws {
    var frame: [UInt8] = []
    try sealer.withLock { try $0.seal(payload.span, into: &frame) }
    payload = frame
  }
}
