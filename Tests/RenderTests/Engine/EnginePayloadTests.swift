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
    if scenario == "undecodable" {
      let result = try #require(results.first)
      // Neighbours are one gap; the first of a spurt is none.
      let gaps = result.gaps.filter { $0.cause == .undecodable }
      let missing = gaps.reduce(0) { $0 + $1.range.count }
      #expect(result.packets.undecodable > 0)
      #expect(abs(missing - 320 * result.packets.undecodable) <= 640)
    }
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

  /// Why frames of an end-to-end encrypted call stay closed.
  enum Closed: CaseIterable {
    case withoutKey
    case withAnotherKey
    case inTheClear
    case sentTwice
  }

  @Test("frames that stay closed are counted by reason, not played", arguments: Closed.allCases)
  func closed(reason: Closed) throws {
    var options = ScenarioOptions()
    options.duration = .seconds(8)
    let plan = try #require(Scenario.named("clean")).plan(options)
    let user = plan.speakers[0].user
    let secret = [UInt8](repeating: 7, count: 16)
    let sealer = SharedSealer(try FrameSealer(baseSecret: secret), repeating: reason == .sentTwice)
    let capture = try SyntheticCapture(plan, voices: Self.voices(1)) {
      $0.daveVersion = 1
      if reason != .inTheClear { $0.sealFrame = { _, payload in try sealer.seal(&payload) } }
    }
    let key = reason == .withAnotherKey ? [UInt8](repeating: 9, count: 16) : secret
    let sender = RenderKeys.Sender(
      time: 1, connection: 0, incarnation: 0, epoch: 1, secret: SecretBytes(key))
    let result = try #require(
      try Self.render(capture, senders: reason == .withoutKey ? [:] : [user: [sender]]).first)
    let closed = result.packets.undecryptable
    #expect(result.packets.isBalanced && result.frames.isBalanced)
    #expect(result.packets.captured > 100 && closed.total > 100)
    switch reason {
    case .withoutKey: #expect(closed.noEpoch == closed.total)
    case .withAnotherKey: #expect(closed.badTag == closed.total)
    case .inTheClear: #expect(closed.notDAVE == closed.total)
    case .sentTwice: #expect(closed.replay == closed.total)
    }
    // Silence in the clear is let through; of a frame that is sent again and again, the first.
    let silence = try capture.truth().records.filter { $0.kind == .silence }.count
    let played = Int64(reason == .sentTwice ? 1 : reason == .inTheClear ? silence : 0)
    #expect(result.packets.placed == played)
  }

  @Test("end-to-end frames of somebody never named are counted as that")
  func unmapped() throws {
    var options = ScenarioOptions()
    options.duration = .seconds(8)
    let plan = try #require(Scenario.named("unmapped")).plan(options)
    let sealer = SharedSealer(try FrameSealer(baseSecret: [UInt8](repeating: 7, count: 16)))
    let capture = try SyntheticCapture(plan, voices: Self.voices(2)) {
      $0.daveVersion = 1
      $0.sealFrame = { _, payload in try sealer.seal(&payload) }
    }
    let results = try Self.render(capture)
    let nameless = try #require(results.first { $0.speaker.hasPrefix("ssrc-") })
    #expect(nameless.packets.isBalanced && nameless.packets.captured > 50)
    #expect(nameless.packets.undecryptable.unmapped == nameless.packets.captured)
    let named = try #require(results.first { !$0.speaker.hasPrefix("ssrc-") })
    #expect(named.packets.undecryptable.noEpoch == named.packets.captured)
  }
}

/// The synthesiser seals from one thread; the lock is what lets a closure that may be sent hold it.
private final class SharedSealer: Sendable {
  private let sealer: Mutex<FrameSealer>
  /// The first frame, sent in place of all others.
  private let repeated: Mutex<[UInt8]?>
  private let isRepeating: Bool

  init(_ sealer: consuming sending FrameSealer, repeating: Bool = false) {
    self.sealer = Mutex(sealer)
    repeated = Mutex(nil)
    isRepeating = repeating
  }

  func seal(_ payload: inout [UInt8]) throws {
    if isRepeating, let first = repeated.withLock({ $0 }) {
      payload = first
      return
    }
    var frame: [UInt8] = []
    try sealer.withLock { try $0.seal(payload.span, into: &frame) }
    payload = frame
    if isRepeating { repeated.withLock { $0 = frame } }
  }
}
