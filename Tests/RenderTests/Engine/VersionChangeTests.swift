internal import CaptureLog
internal import CaptureSynthesis
internal import DAVEFrames
internal import SystemPackage
internal import TestSupport
internal import Testing

@testable import Render

/// Calls that are downgraded to no end-to-end encryption, upgraded again, and begun anew.
@Suite struct VersionChangeTests {
  private typealias Rendering = EndToEndTests.Rendering
  private typealias Place = EndToEndTests.Place

  private static func place(_ record: TruthRecord) -> Place {
    Place(
      connection: record.connection, ssrc: record.ssrc,
      sequence: UInt16(truncatingIfNeeded: record.sequence))
  }

  /// The times at which the log says that plaintext is right, and that it is no longer.
  private static func changes(_ survey: SessionSurvey) -> [(time: Int64, isAllowed: Bool)] {
    survey.events.compactMap { event in
      guard event.kind == DAVEPlaintextEvent.kind,
        let change = event.payload(DAVEPlaintextEvent.self)
      else { return nil }
      return (event.time - survey.zero, change.allowed)
    }
  }

  @Test(
    "every frame of a downgraded stretch is played, and so are those around it", arguments: 1...2)
  func downgraded(seed: UInt64) throws {
    let plan = try EndToEndTests.plan("non-stop", seed: seed, seconds: 40)
    var endToEnd = EndToEndTests.endToEnd()
    endToEnd.changes = [
      (.seconds(10), .downgrade), (.seconds(18), .upgrade), (.seconds(27), .recreation),
    ]
    let made = try Rendering(plan, endToEnd: endToEnd)
    let changes = Self.changes(made.survey)
    #expect(changes.map(\.isAllowed) == [true, false])
    let incarnations = Set(made.survey.epochs.epochs.keys.map(\.incarnation))
    #expect(incarnations == [0, 1, 2])

    var inTheClear = 0
    var sealed: [Int64: Int] = [:]
    for record in try made.capture.truth().records where record.fate == .delivered {
      let fates = made.fates[Self.place(record)] ?? []
      if record.epoch == EndToEndPlan.inTheClear {
        inTheClear += 1
        #expect(fates == [.placed], "\(record)")
        let arrival = try #require(record.arrival)
        #expect(arrival > .seconds(10) && arrival < .seconds(20))
      } else if fates.contains(.placed), let arrival = record.arrival {
        sealed[arrival / .seconds(9), default: 0] += 1
      }
    }
    #expect(inTheClear > 300)
    #expect((0..<4).allSatisfy { (sealed[$0] ?? 0) > 50 }, "\(sealed)")
    for result in made.results {
      #expect(result.packets.isBalanced && result.frames.isBalanced)
      let closed = result.packets.undecryptable
      // A group that is begun anew without us for a moment, and nothing else: no key of ours fits.
      #expect(closed.total == closed.noEpoch + closed.badTag && closed.total < 25, "\(closed)")
    }
  }

  @Test("near a downgrade, too, what is sealed and does not open is not taken for Opus")
  func sealedNearby() throws {
    let plan = try EndToEndTests.plan("non-stop", seed: 1, seconds: 30)
    var endToEnd = EndToEndTests.endToEnd()
    endToEnd.changes = [(.seconds(10), .downgrade), (.seconds(18), .upgrade)]
    let user = plan.speakers[0].user
    let made = try Rendering(plan, endToEnd: endToEnd) { $0.senders[user] = nil }
    var sealed = 0
    var inTheClear = 0
    for record in try made.capture.truth().records
    where record.fate == .delivered && plan.speakers[record.speaker].user == user {
      guard let epoch = record.epoch else { continue }
      let fates = made.fates[Self.place(record)] ?? []
      if epoch == EndToEndPlan.inTheClear {
        inTheClear += 1
        #expect(fates == [.placed], "\(record)")
      } else {
        sealed += 1
        #expect(fates == [.undecryptable], "\(record)")
      }
    }
    #expect(sealed > 500 && inTheClear > 200)
  }

  @Test("what is in the clear far from a downgrade is refused and counted", arguments: 1...2)
  func strays(seed: UInt64) throws {
    let plan = try EndToEndTests.plan("non-stop", seed: seed, seconds: 50)
    var endToEnd = EndToEndTests.endToEnd(ranges: 0)
    endToEnd.changes = [(.seconds(20), .downgrade), (.seconds(24), .upgrade)]
    endToEnd.clearShare = 0.1
    let made = try Rendering(plan, endToEnd: endToEnd)
    let changes = Self.changes(made.survey)
    try #require(changes.map(\.isAllowed) == [true, false])
    let margin = EpochTimes.plaintextMargin
    let right = (changes[0].time - margin)...(changes[1].time + margin)

    var refused = 0
    var taken = 0
    for record in try made.capture.truth().records
    where record.fate == .delivered && record.epoch == nil && record.kind != .silence {
      let arrival = try #require(record.arrival)
      let fates = made.fates[Self.place(record)] ?? []
      if right.contains(arrival) {
        taken += 1
        #expect(fates == [.placed], "\(record)")
      } else if arrival < .milliseconds(300), fates == [.placed] {
        // Left before the call began: silence.
        continue
      } else {
        refused += 1
        #expect(fates == [.undecryptable], "\(record)")
      }
    }
    #expect(refused > 50 && taken > 50)
    let counted = made.results.reduce(0) { $0 + $1.packets.undecryptable.notDAVE }
    #expect(counted == Int64(refused))
  }

  /// Recorders say with every epoch that plaintext is refused.
  @Test("of what is said again and again the manifest has the changes")
  func repeats() throws {
    let session = SessionInfo(
      id: "20261124T090002Z-1-2", guildID: "1", guildName: nil, channelID: "2",
      start: "2026-11-24T09:00:02Z", startUnixNanoseconds: 0, build: "test", recipients: [],
      source: "simulated", encryptedAtRest: false)
    let folder = try TemporaryFolder()
    let path = folder.path.appending("capture")
    var builder = try CaptureBuilder(creating: path, session: session, synchronizes: false)
    let said = [false, false, false, true, true, false, false]
    for (index, isAllowed) in said.enumerated() {
      let event = DAVEPlaintextEvent(connection: 3, allowed: isAllowed)
      try builder.append(CaptureEvent(event, time: .seconds(60) * Int64(index)))
    }
    try builder.finish()
    let survey = try RenderEngine.survey(capture: path)
    #expect(Self.changes(survey).map(\.isAllowed) == [true, false])
    let times = survey.epochs
    let allowed = (0..<7).map { index in
      times.allowsPlaintext(connection: 3, at: .seconds(60) * Int64(index) + .seconds(30))
    }
    #expect(allowed == [false, false, false, true, true, false, false])
  }
}
