internal import CaptureLog
internal import CaptureSynthesis
internal import SystemPackage
internal import Testing

@testable import Render

/// Whose an SSRC is, where the server did not say it or not in time, told by the key that opens it.
@Suite struct LearningTests {
  private typealias Rendering = EndToEndTests.Rendering

  /// By user, how many packets came that were sealed for the recorder, and were played as theirs.
  private static func played(
    _ made: Rendering, _ plan: CapturePlan
  ) throws -> (sent: [String: Int], placed: [String: Int]) {
    var sent: [String: Int] = [:]
    for record in try made.capture.truth().records
    where record.fate == .delivered && record.epoch != nil && made.isForUs(record, plan) {
      sent[plan.speakers[record.speaker].user, default: 0] += 1
    }
    var placed: [String: Int] = [:]
    for result in made.results { placed[result.speaker] = Int(result.packets.placed) }
    return (sent, placed)
  }

  @Test("who is never named has the track of the user whose key opens it", arguments: 1...3)
  func never(seed: UInt64) throws {
    let plan = try EndToEndTests.plan("unmapped", seed: seed)
    let made = try Rendering(plan, endToEnd: EndToEndTests.endToEnd())
    let users = plan.speakers.map(\.user).sorted()
    #expect(made.survey.speakers.map(\.id) == users)
    let nameless = plan.speakers[1].user
    for stream in made.survey.streams { #expect(stream.isLearned == (stream.user == nameless)) }
    let (sent, placed) = try Self.played(made, plan)
    for user in users { #expect(placed[user] ?? 0 >= sent[user] ?? .max) }
    #expect(made.results.allSatisfy { $0.packets.undecryptable.unmapped == 0 })
    #expect(made.results.allSatisfy { $0.packets.undecryptable.badTag == 0 })
  }

  /// Two users, one after the other, whom the server gave the same SSRC.
  private static func handover(
    mapping: MappingPolicy, delay: Int64 = 0, seed: UInt64
  ) -> CapturePlan {
    let speakers = (0..<2).map { index in
      let start: Int64 = index == 0 ? 0 : .seconds(10.5)
      let talk = TalkPattern.turns([
        Turn(start: start + .seconds(0.5), duration: .seconds(9.4), position: 0)
      ])
      var speaker = SpeakerPlan.numbered(index, talk: talk)
      speaker.presence = [start..<start + .seconds(10)]
      speaker.ssrc = 4_242
      if index == 0 {
        speaker.network.baseDelay = .milliseconds(20) + delay
      } else {
        speaker.mapping = mapping
      }
      return speaker
    }
    return CapturePlan(name: "handover", duration: .seconds(22), seed: seed, speakers: speakers)
  }

  private static func endToEnd() -> EndToEndPlan {
    var plan = EndToEndPlan()
    plan.guestInterval = 0
    return plan
  }

  @Test("packets that outrun the news of an SSRC's new user are the new user's", arguments: 1...2)
  func early(seed: UInt64) throws {
    let plan = Self.handover(mapping: .late(.seconds(3)), seed: seed)
    let made = try Rendering(plan, endToEnd: Self.endToEnd())
    #expect(made.survey.streams.map(\.isLearned) == [false, true])
    let (sent, placed) = try Self.played(made, plan)
    for speaker in plan.speakers {
      #expect(placed[speaker.user] ?? 0 >= sent[speaker.user] ?? .max)
      #expect(sent[speaker.user] ?? 0 > 400)
    }
    for result in made.results {
      #expect(result.packets.isBalanced && result.packets.undecryptable.badTag == 0)
    }
  }

  @Test("packets of an SSRC's old user that come behind the news are the old user's")
  func late() throws {
    // The new one is named at 10.5 s, and what the old one said at 9.9 s comes at 11.
    let plan = Self.handover(mapping: .before, delay: .seconds(1), seed: 1)
    let made = try Rendering(plan, endToEnd: Self.endToEnd())
    #expect(made.survey.streams.map(\.isLearned) == [false, true])
    let (sent, placed) = try Self.played(made, plan)
    for speaker in plan.speakers {
      #expect(placed[speaker.user] ?? 0 >= sent[speaker.user] ?? .max)
    }
    #expect(made.results.allSatisfy { $0.packets.undecryptable.badTag == 0 })
  }

  @Test("more than 5 s from the news a key names nobody")
  func tooEarly() throws {
    let plan = Self.handover(mapping: .late(.seconds(7)), seed: 1)
    let made = try Rendering(plan, endToEnd: Self.endToEnd())
    let (sent, placed) = try Self.played(made, plan)
    let (old, new) = (plan.speakers[0].user, plan.speakers[1].user)
    let closed = try #require(made.results.first { $0.speaker == old }).packets.undecryptable
    // Two seconds of the seven.
    #expect(closed.badTag >= 95 && closed.badTag <= 105)
    #expect((placed[new] ?? 0) + Int(closed.badTag) >= sent[new] ?? .max)
    #expect(placed[old] ?? 0 >= sent[old] ?? .max)
  }

  @Test("a mapped user's frames that only another member's key opens are a bad tag for good")
  func inAnothersMouth() throws {
    var plan = try EndToEndTests.plan("conversation", seed: 1)
    let (one, other) = (plan.speakers[0].user, plan.speakers[1].user)
    plan.speakers[1].mappedUser = one
    let made = try Rendering(plan, endToEnd: Self.endToEnd())
    #expect(!made.survey.streams.contains { $0.isLearned })
    #expect(!made.survey.speakers.contains { $0.id == other })
    let result = try #require(made.results.first { $0.speaker == one })
    #expect(result.packets.isBalanced && result.packets.undecryptable.badTag > 50)
    let (sent, _) = try Self.played(made, plan)
    let silence = try made.capture.truth().records.count {
      $0.fate == .delivered && $0.epoch == nil
    }
    #expect(Int(result.packets.placed) <= (sent[one] ?? 0) + silence)
  }

  @Test("the manifest names the user, and says how it was learned")
  func manifest() throws {
    let plan = try EndToEndTests.plan("unmapped", seconds: 8)
    let capture = try SyntheticCapture(plan, encrypted: true) { $0.endToEnd = EndToEndPlan() }
    let output = capture.capture.removingLastComponent().appending("render")
    let job = RenderJob(capture: capture.capture, output: output, keys: capture.keys)
    let manifest = try job.run().manifest
    let user = plan.speakers[1].user
    let speaker = try #require(manifest.speakers.first { $0.id == user })
    #expect(speaker.userID == user && speaker.names.username == plan.speakers[1].username)
    #expect(speaker.packets.placed > 100)
    let warning = try #require(manifest.warnings.first { $0.code == .learned })
    #expect(warning.message.contains(user))
    #expect(!manifest.warnings.contains { $0.code == .unmapped })
    // It is no loss.
    #expect(!manifest.losses.contains(warning.message))
    let inspection = try CaptureInspector.inspect(capture.capture, keys: capture.keys, bins: 10)
    #expect(inspection.speakers.contains { $0.id == user })
    var inTrace: Set<UInt32> = []
    try job.trace { if $0.fate == .placed { inTrace.insert($0.ssrc) } }
    #expect(inTrace.count == 2)
  }
}
