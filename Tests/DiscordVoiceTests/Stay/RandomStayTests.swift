import DiscordREST
import TestSupport
import Testing

@testable import DiscordVoice

/// Any order of signals and closes, some twice: at most one WebSocket is open, deadlines come to an
/// end, and a world that behaves again gives a connection, or the stay has ended.
@Suite struct RandomStayTests {
  private static let codes: [UInt16?] = [
    nil, 1000, 1001, 1006, 4001, 4002, 4003, 4004, 4005, 4006, 4009, 4011, 4012, 4014, 4015, 4016,
    4017, 4020, 4021, 4022, 4500,
  ]

  @Test(arguments: 0..<40 as Range<UInt64>)
  func comesToADefinedState(seed: UInt64) {
    for part in 0..<25 as Range<UInt64> {
      var choice = SplitMix64(seed: seed &* 1000 &+ part)
      var driver = StayDriver(seed: seed)
      driver.feed(.start)
      var inputs = 0
      while inputs < 60, !driver.stay.hasEnded {
        inputs += 1
        let isTwice = Int.random(in: 0..<5, using: &choice) == 0
        step(&driver, &choice, isTwice: isTwice)
        #expect(driver.open.count <= 1)
      }
      #expect(!driver.wasDoubled, "seed \(seed).\(part)")
      settle(&driver)
      #expect(
        driver.stay.hasEnded ? driver.open.isEmpty : driver.open.count == 1,
        "seed \(seed).\(part): \(driver.actions.suffix(8).words)")
      let ends = driver.actions.filter { $0.isEnd }
      #expect(ends.count == (driver.stay.hasEnded ? 1 : 0))
      if driver.stay.hasEnded {
        #expect(driver.actions.last?.isEnd == true)
        #expect(driver.stay.deadline == nil)
      }
      checkGaps(driver.actions)
    }
  }

  private func step(_ driver: inout StayDriver, _ choice: inout SplitMix64, isTwice: Bool) {
    let code = Self.codes.randomElement(using: &choice) ?? nil
    let channel: ID<Channel> = Bool.random(using: &choice) ? StayDriver.channel : StayDriver.other
    let session = "s\(Int.random(in: 1...3, using: &choice))"
    let token = "t\(Int.random(in: 1...3, using: &choice))"
    let old = max(0, driver.attempt - Int.random(in: 0...2, using: &choice))
    let input = Int.random(in: 0..<16, using: &choice)
    for _ in 0..<(isTwice ? 2 : 1) {
      switch input {
      case 0: driver.own(channel, session: session)
      // Rare, since it ends the stay.
      case 1: if choice.next() % 8 == 0 { driver.own(nil, session: session) }
      case 2: driver.server("\(token).discord.media", token: token)
      case 3: driver.server(nil)
      case 4: driver.close(code)
      case 5: driver.feed(.closed(code: code, attempt: old))
      case 6: driver.feed(.opened(attempt: old))
      case 7, 8: driver.ready()
      case 9: driver.feed(.resumed(attempt: driver.attempt))
      case 10: driver.feed(.signal(.connected(sessionLost: Bool.random(using: &choice))))
      case 11: driver.feed(.signal(.disconnected))
      case 12: driver.feed(.fault(choice.next() % 2 == 0 ? .zombie : .noMedia, attempt: old))
      case 13: driver.feed(.addressChanged)
      case 14:
        driver.feed(.facts(VoiceChannelFacts(userLimit: 3), channel: channel))
      default: driver.advance(.milliseconds(Int.random(in: 0...20_000, using: &choice)))
      }
    }
  }

  /// Discord answers all that is asked, and nothing fails any more.
  private func settle(_ driver: inout StayDriver) {
    driver.feed(.signal(.connected(sessionLost: false)))
    var seen = driver.actions.count
    for round in 0..<400 {
      if driver.stay.hasEnded || driver.stay.deadline == nil, driver.open.count == 1 { return }
      let new = driver.advance(.milliseconds(500)) + driver.actions[seen...]
      seen = driver.actions.count
      for action in new {
        switch action {
        case .sendVoiceState(let channel):
          driver.own(channel, session: "settled")
          if channel != nil { driver.server("settled.discord.media", token: "r\(round)") }
        default: break
        }
      }
      if driver.open.contains(driver.attempt) {
        driver.ready()
        driver.feed(.resumed(attempt: driver.attempt))
      }
    }
  }

  /// Gaps and their ends alternate.
  private func checkGaps(_ actions: [StayAction]) {
    var inGap: UInt32?
    for action in actions {
      switch action {
      case .gap(let connection, _, _): inGap = connection
      case .resumed(let connection): #expect(inGap == connection, "resumed what was in a gap")
      default: break
      }
    }
  }
}

extension StayAction {
  fileprivate var isEnd: Bool {
    if case .end = self { true } else { false }
  }
}
