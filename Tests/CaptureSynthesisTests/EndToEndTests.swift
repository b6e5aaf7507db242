internal import CaptureLog
internal import DAVEFrames
internal import RTP
import TestSupport
internal import Testing
internal import VoiceCrypto

@testable import CaptureSynthesis

@Suite("End-to-end encryption")
struct EndToEndTests {
  private static func plan(
    _ name: String, seed: UInt64 = 1, seconds: Double = 20, speakers: Int? = nil
  ) throws -> CapturePlan {
    var options = ScenarioOptions(seed: seed)
    options.duration = .seconds(seconds)
    options.speakers = speakers
    return try #require(Scenario.named(name)).plan(options)
  }

  private static var endToEnd: EndToEndPlan {
    var plan = EndToEndPlan()
    plan.guestInterval = .seconds(3)
    return plan
  }

  @Test("the group lives through every scenario without a complaint", arguments: Scenario.all)
  func noWarnings(scenario: Scenario) throws {
    let plan = TimelineTests.short(scenario)
    for number in plan.connections.indices {
      var call = CallSimulation(
        plan, endToEnd: Self.endToEnd, connection: number, random: SplitMix64(seed: 5))
      let outputs = call.advance(to: .max)
      #expect(call.warnings.filter { !$0.contains("not in the channel") } == [])
      let epochs = outputs.count { output in
        if case .event(let event) = output { event.kind == DAVEEpochEvent.kind } else { false }
      }
      #expect(epochs > 0)
      for speaker in plan.speakers where speaker.presence == nil {
        #expect(call.keys[UInt64(speaker.user) ?? 0]?.current != nil)
      }
    }
  }

  @Test("the same seed gives the same bytes, another one others")
  func determinism() throws {
    let folder = try TemporaryFolder()
    let made = try (0..<3).map { run in
      try MadeCapture(
        Self.plan("reorder", seed: run < 2 ? 1 : 2), in: folder, name: "\(run)",
        endToEnd: Self.endToEnd, readsTruthFile: true)
    }
    #expect(made[0].contents.packets.map(\.datagram) == made[1].contents.packets.map(\.datagram))
    #expect(made[0].contents.events == made[1].contents.events)
    #expect(made[0].truth == made[1].truth && made[0].counts == made[1].counts)
    let user = made[0].header.speakers[0].user
    let secrets = made.map { $0.keys.senders(user).map { $0.secret.copy() } }
    #expect(secrets[0] == secrets[1] && secrets[0].count > 4)
    #expect(Set(secrets[0]).isDisjoint(with: Set(secrets[2])))
  }

  @Test("senders switch around the recorder's own epochs, early and late")
  func switching() throws {
    let plan = try Self.plan("non-stop", seconds: 30, speakers: 3)
    let made = try MadeCapture(
      plan, in: TemporaryFolder(), endToEnd: Self.endToEnd, readsTruthFile: true)
    let start: Int64 = 1_795_510_802_000_000_000
    var processed: [UInt64: Int64] = [:]
    var executed: [UInt64: Int64] = [:]
    var origins: Set<String> = []
    for event in made.contents.events {
      if let epoch = event.payload(DAVEEpochEvent.self), event.kind == DAVEEpochEvent.kind {
        processed[epoch.epoch] = event.time - start
        origins.insert(epoch.origin)
      }
      if event.kind == DAVETransitionEvent.kind,
        let step = event.payload(DAVETransitionEvent.self), let epoch = step.epoch
      {
        let begin = try #require(processed[epoch])
        #expect(event.time - start >= begin)
        if step.state == DAVETransitionEvent.executed { executed[epoch] = event.time - start }
      }
    }
    #expect(processed.count >= 8 && executed.count >= processed.count - 1)
    #expect(origins.contains("welcome") && origins.contains("commit"))
    var early = 0
    var late = 0
    for record in made.truth {
      guard let epoch = record.epoch, let arrival = record.arrival else { continue }
      if let begin = processed[epoch], arrival < begin { early += 1 }
      if let next = processed[epoch + 1], arrival > next { late += 1 }
    }
    #expect(early > 0 && late > 0)
    // The keys of everybody but the recorder, written when the epoch came.
    for speaker in plan.speakers {
      let keys = made.keys.senders(speaker.user)
      #expect(keys.count == processed.count)
      #expect(
        // Key records tell milliseconds.
        keys.allSatisfy { abs((processed[$0.epoch] ?? 0) - ($0.time - start)) < 1_000_000 })
    }
    #expect(made.keys.senders(String(EndToEndPlan.recorder)).isEmpty)
  }

  @Test("every frame of the call is end-to-end encrypted but silence")
  func frames() throws {
    let made = try MadeCapture(
      Self.plan("pauses"), in: TemporaryFolder(), endToEnd: Self.endToEnd)
    let frames = made.contents.packets.filter { $0.header.payloadType == 120 }
    #expect(frames.count > 100)
    #expect(
      frames.allSatisfy {
        DAVEFrame.looksEncrypted($0.payload.span) || DAVEFrame.isSilence($0.payload.span)
      })
    #expect(frames.contains { DAVEFrame.isSilence($0.payload.span) })
    let connection = made.contents.events.compactMap { event in
      event.kind == ConnectionEvent.kind ? event.payload(ConnectionEvent.self) : nil
    }
    #expect(connection.map(\.dave) == [1])
  }

  /// With a commit for every newcomer this would be quadratic: 60 of them, and 1,800 seals.
  @Test("a large call is set up with two commits, and its epochs change under everybody")
  func large() throws {
    let plan = CapturePlan(
      name: "large", duration: .seconds(20), seed: 1,
      speakers: (0..<60).map { SpeakerPlan.numbered($0, talk: .nonStop) })
    var call = CallSimulation(
      plan, endToEnd: Self.endToEnd, connection: 0, random: SplitMix64(seed: 5))
    #expect(call.epoch == 2 && call.memberCount == 60)
    let first = call.keys.mapValues { $0.current?.epoch }
    #expect(first.values.allSatisfy { $0 == 2 })
    let outputs = call.advance(to: .max)
    #expect(call.warnings == [])
    #expect(call.epoch > 4)
    #expect(call.keys.values.allSatisfy { $0.current?.epoch == call.epoch })
    var users: Set<String> = []
    for case .key(let user, _, _, _, _) in outputs { users.insert(user) }
    #expect(users.isSuperset(of: plan.speakers.map(\.user)))
  }

  @Test("a call is downgraded, upgraded and begun anew without a complaint", arguments: 1...4)
  func versions(seed: UInt64) throws {
    let plan = try Self.plan("non-stop", seconds: 30, speakers: seed % 2 == 0 ? 12 : 3)
    var endToEnd = Self.endToEnd
    endToEnd.changes = [
      (.seconds(6), .downgrade), (.seconds(14), .upgrade), (.seconds(22), .recreation),
    ]
    var call = CallSimulation(
      plan, endToEnd: endToEnd, connection: 0, random: SplitMix64(seed: seed))
    var outputs = call.advance(to: .seconds(10))
    #expect(call.keys.values.allSatisfy { $0.isPlain })
    outputs += call.advance(to: .seconds(20))
    #expect(call.keys.values.allSatisfy { !$0.isPlain })
    outputs += call.advance(to: .max)
    #expect(call.warnings.filter { !$0.contains("not in the channel") } == [])

    var plaintext: [Bool] = []
    var incarnations: Set<UInt32> = []
    var keyed: Set<UInt32> = []
    for output in outputs {
      switch output {
      case .key(_, let incarnation, _, let secret, _):
        keyed.insert(incarnation)
        #expect(secret.count == 16)
      case .event(let event):
        if event.kind == DAVEPlaintextEvent.kind {
          plaintext.append(try #require(event.payload(DAVEPlaintextEvent.self)).allowed)
        } else if event.kind == DAVEEpochEvent.kind {
          incarnations.insert(try #require(event.payload(DAVEEpochEvent.self)).incarnation)
        }
      }
    }
    #expect(plaintext == [true, false])
    #expect(incarnations == [0, 1, 2] && keyed == incarnations)
  }

  @Test("in a downgraded call frames are in the clear, and the truth says so")
  func downgraded() throws {
    var endToEnd = Self.endToEnd
    endToEnd.changes = [(.seconds(5), .downgrade)]
    let made = try MadeCapture(
      Self.plan("non-stop"), in: TemporaryFolder(), endToEnd: endToEnd, readsTruthFile: true)
    let frames = made.contents.packets.filter { $0.header.payloadType == 120 }
    let clear = frames.filter { !DAVEFrame.looksEncrypted($0.payload.span) }
    #expect(clear.count > 400 && frames.count > clear.count + 200)
    #expect(
      clear.filter { !DAVEFrame.isSilence($0.payload.span) }.allSatisfy { $0.time > .seconds(5) })
    let told = made.truth.count {
      $0.epoch == EndToEndPlan.inTheClear && $0.fate == .delivered
    }
    #expect(told > 400 && told <= clear.count)
  }
}
