internal import CaptureLog
internal import CaptureSynthesis
internal import DAVEFrames
internal import Testing
internal import VoiceCrypto

@testable import Render

/// End-to-end encrypted calls whose epochs change under running audio, through both passes.
@Suite struct EndToEndTests {
  struct Place: Hashable {
    var connection: UInt32
    var ssrc: UInt32
    var sequence: UInt16
  }

  /// A capture, rendered, with the fate of each packet.
  struct Rendering {
    let capture: SyntheticCapture
    let survey: SessionSurvey
    let keys: RenderKeys
    var results: [TrackResult] = []
    var fates: [Place: Set<PlacedPacket.Fate>] = [:]
    var samples: [[Int16]] = []

    init(
      _ plan: CapturePlan, voices: VoiceLibrary? = nil, endToEnd: EndToEndPlan?,
      configure: (inout RenderKeys) -> Void = { _ in }
    ) throws {
      capture = try SyntheticCapture(plan, voices: voices, encrypted: true) {
        $0.endToEnd = endToEnd
      }
      let named = try RenderEngine.survey(capture: capture.capture)
      var keys = try capture.renderKeys(named)
      configure(&keys)
      self.keys = keys
      survey = try RenderEngine.learnSpeakers(named, capture: capture.capture, keys: keys)
      let trace = TraceLog()
      var sinks: [String: MemorySink] = [:]
      results = try RenderEngine.render(
        capture: capture.capture, speakers: survey.speakers.map(\.id), survey: survey, keys: keys,
        options: EngineOptions(),
        makeSink: { speaker in
          let sink = MemorySink()
          sinks[speaker.id] = sink
          return sink
        }, trace: { trace.packets.append($0) })
      samples = results.map { sinks[$0.speaker]?.samples ?? [] }
      for packet in trace.packets {
        let place = Place(
          connection: packet.connection, ssrc: packet.ssrc,
          sequence: UInt16(truncatingIfNeeded: packet.sequence))
        fates[place, default: []].insert(packet.fate)
      }
    }

    /// Whether the recorder was given the key that a packet is sealed with.
    func isForUs(_ record: TruthRecord, _ plan: CapturePlan) -> Bool {
      guard let epoch = record.epoch else { return record.kind == .silence }
      return keys.senders[plan.speakers[record.speaker].user]?
        .contains { $0.connection == record.connection && $0.epoch == epoch } ?? false
    }
  }

  static func plan(_ name: String, seed: UInt64 = 1, seconds: Double = 12) throws -> CapturePlan {
    var options = ScenarioOptions(seed: seed)
    options.duration = .seconds(seconds)
    return try #require(Scenario.named(name)).plan(options)
  }

  static func endToEnd(ranges: Double = 0.2) -> EndToEndPlan {
    var plan = EndToEndPlan()
    plan.guestInterval = .seconds(2)
    plan.unencryptedRangeShare = ranges
    return plan
  }

  @Test(
    "every frame that was sealed for the recorder opens",
    arguments: ["reorder", "padding", "conversation", "pauses", "reconnect", "dtx"], 1...2)
  func opensAll(scenario: String, seed: UInt64) throws {
    let plan = try Self.plan(scenario, seed: seed)
    let made = try Rendering(plan, endToEnd: Self.endToEnd())
    var forUs = 0
    var others = 0
    var epochs: Set<[UInt64]> = []
    for record in try made.capture.truth().records where record.fate == .delivered {
      let place = Place(
        connection: record.connection, ssrc: record.ssrc,
        sequence: UInt16(truncatingIfNeeded: record.sequence))
      let fates = made.fates[place] ?? []
      if made.isForUs(record, plan) {
        forUs += 1
        if let epoch = record.epoch { epochs.insert([UInt64(record.connection), epoch]) }
        #expect(!fates.contains(.undecryptable) && !fates.isEmpty, "\(record)")
      } else {
        others += 1
        #expect(fates.contains(.undecryptable), "\(record)")
      }
    }
    #expect(forUs > 150 && epochs.count > 3)
    // What was on its way when the recorder came in, and nothing else.
    #expect(others <= 12 * plan.speakers.count * plan.connections.count)
    for result in made.results {
      #expect(result.packets.isBalanced && result.frames.isBalanced)
      let closed = result.packets.undecryptable
      #expect(closed.total == closed.noEpoch, "\(closed)")
    }
  }

  @Test("an end-to-end encrypted call sounds as the same call without, bit for bit")
  func sameSamples() throws {
    var plan = try Self.plan("clean", seconds: 10)
    for index in plan.speakers.indices {
      plan.speakers[index].talk = .turns([Turn(start: .seconds(1), duration: .seconds(8))])
    }
    let voices = VoiceLibrary(
      voices: [Voice(samples: Voice.synthetic(seconds: 3, seed: 1).samples.map { $0 * 0.1 })])
    let sealed = try Rendering(plan, voices: voices, endToEnd: Self.endToEnd())
    let plain = try Rendering(plan, voices: voices, endToEnd: nil)
    #expect(sealed.keys.senders[plan.speakers[0].user]?.count ?? 0 > 3)
    #expect(plain.keys.senders.isEmpty)
    #expect(sealed.samples == plain.samples && sealed.samples[0].contains { $0 > 300 })
    #expect(sealed.results[0].packets.placed == plain.results[0].packets.placed)
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
    let plan = try Self.plan("clean", seconds: 8)
    var endToEnd = EndToEndPlan()
    endToEnd.guestInterval = 0
    endToEnd.fault =
      reason == .inTheClear ? .inTheClear : reason == .sentTwice ? .repeatedFrame : nil
    let made = try Rendering(plan, endToEnd: endToEnd) { keys in
      for user in keys.senders.keys {
        switch reason {
        case .withoutKey: keys.senders[user] = []
        case .withAnotherKey:
          for index in keys.senders[user, default: []].indices {
            keys.senders[user]?[index].secret = SecretBytes([UInt8](repeating: 9, count: 16))
          }
        case .inTheClear, .sentTwice: break
        }
      }
    }
    let result = try #require(made.results.first)
    let closed = result.packets.undecryptable
    #expect(result.packets.isBalanced && result.frames.isBalanced)
    #expect(result.packets.captured > 100 && closed.total > 100)
    // In the first two seconds a frame may be of an epoch before ours.
    switch reason {
    case .withoutKey: #expect(closed.noEpoch == closed.total)
    case .withAnotherKey:
      #expect(closed.badTag + closed.noEpoch == closed.total && closed.noEpoch < 120)
    case .inTheClear: #expect(closed.notDAVE == closed.total)
    case .sentTwice: #expect(closed.replay + closed.noEpoch == closed.total)
    }
    let silence = try made.capture.truth().records.filter { $0.kind == .silence }.count
    #expect(result.packets.placed <= Int64(silence) + 1)
  }

  @Test("end-to-end frames of somebody never named are counted as that")
  func unmapped() throws {
    let plan = try Self.plan("unmapped", seconds: 8)
    // Without their keys nobody can be learned.
    let made = try Rendering(plan, endToEnd: EndToEndPlan()) { keys in
      keys.senders[plan.speakers[1].user] = nil
    }
    let nameless = try #require(made.results.first { $0.speaker.hasPrefix("ssrc-") })
    #expect(nameless.packets.isBalanced && nameless.packets.captured > 50)
    let closed = nameless.packets.undecryptable
    #expect(closed.unmapped == closed.total && closed.total > 50)
  }
}
