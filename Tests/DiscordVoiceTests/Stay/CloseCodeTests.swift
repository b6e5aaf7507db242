import DiscordREST
import Testing

@testable import DiscordVoice

/// What follows each close code of a connection that was live: the table of "Staying".
@Suite struct CloseCodeTests {
  private static let again = "identify 1 a.discord.media:2048 s1 200"

  @Test(arguments: [nil, 1000, 1001, 1006, 4015, 4000, 4999] as [UInt16?])
  func resumesThenIdentifies(code: UInt16?) {
    var driver = StayDriver.live()
    let cause = code.map { "close_\($0)" } ?? "network"
    #expect(driver.close(code).deeds == ["gap 0 \(cause)", "resume"])
    #expect(driver.feed(.opened(attempt: driver.attempt)).isEmpty)
    #expect(driver.feed(.resumed(attempt: driver.attempt)).deeds == ["resumed 0"])

    // Once more, and this time the resume is refused after the WebSocket was open.
    driver.advance(.seconds(40))
    #expect(driver.close(code).deeds == ["gap 0 \(cause)", "resume"])
    driver.feed(.opened(attempt: driver.attempt))
    driver.close(code)
    #expect(driver.advance(.seconds(2)).deeds == [Self.again])
    #expect(driver.ready().deeds.isEmpty)
    #expect(!driver.wasDoubled)
  }

  @Test(arguments: [4006, 4009, 4011] as [UInt16])
  func leavesAndJoins(code: UInt16) {
    var driver = StayDriver.live()
    #expect(driver.close(code).deeds == ["gap 0 close_\(code)", "drop", "op4 null"])
    #expect(driver.own(nil).deeds == ["op4 200"])
    #expect(driver.server("b.discord.media:443", token: "t2").deeds.isEmpty)
    #expect(
      driver.own(StayDriver.channel, session: "s2").deeds
        == ["identify 1 b.discord.media:443 s2 200"])
  }

  @Test func resumesAtOnceAfterACalmTime() {
    var driver = StayDriver.live()
    for _ in 0..<20 {
      #expect(driver.close(nil).deeds == ["gap 0 network", "resume"])
      driver.feed(.opened(attempt: driver.attempt))
      driver.feed(.resumed(attempt: driver.attempt))
      driver.advance(.seconds(5))
    }
    // But not when it is lost again and again.
    driver.close(nil)
    driver.feed(.opened(attempt: driver.attempt))
    driver.feed(.resumed(attempt: driver.attempt))
    driver.advance(.seconds(4))
    #expect(driver.close(nil).deeds == ["gap 0 network"])
    #expect(driver.advance(.seconds(1)).deeds == ["resume"])
  }

  @Test func refusedResumeLeavesAndJoins() {
    var driver = StayDriver.live()
    driver.close(4015)
    driver.feed(.opened(attempt: driver.attempt))
    #expect(driver.close(4006).deeds == ["drop"])
    #expect(driver.advance(.seconds(1)).deeds == ["op4 null"])
  }

  @Test func freshTokenTwice() {
    var driver = StayDriver.live()
    for round in 0..<2 {
      driver.close(4004)
      driver.advance(.milliseconds(2100))
      driver.own(nil)
      driver.own(StayDriver.channel)
      let deeds = driver.server(token: "t\(round + 2)").deeds
      #expect(deeds == ["identify \(round + 1) a.discord.media:2048 s1 200"])
    }
    let end = driver.close(4004).ending
    #expect(end?.reason == .notPermitted)
    #expect(end?.exitCode == 77)
    #expect(end?.closeCode == 4004)
  }

  @Test(arguments: [4001, 4002, 4003, 4005, 4012, 4016, 4020] as [UInt16])
  func identifiesOnceThenEnds(code: UInt16) {
    var driver = StayDriver.live()
    #expect(driver.close(code).deeds == ["gap 0 close_\(code)", Self.again])
    let actions = driver.close(code)
    #expect(actions.deeds == ["drop", "op4 null", "end refused"])
    #expect(actions.ending?.exitCode == 70)
    #expect(driver.stay.deadline == nil)
  }

  @Test("Other losses in between do not make a second refusal of a first one")
  func identifiesOnceAgainAfterOtherLosses() {
    var driver = StayDriver.live()
    driver.close(4020)
    driver.ready()
    for _ in 0..<3 {
      driver.advance(.seconds(11))
      driver.close(nil)
      driver.feed(.opened(attempt: driver.attempt))
      driver.feed(.resumed(attempt: driver.attempt))
    }
    driver.advance(.seconds(1))
    #expect(driver.close(4002).ending == nil)
    // Who is not let in at all is refused, however long that takes.
    driver.advance(.seconds(31))
    #expect(driver.close(4002).ending?.reason == .refused)
  }

  @Test func identifiesOnceAgainAfterAStableTime() {
    var driver = StayDriver.live()
    driver.close(4020)
    driver.ready()
    driver.advance(.seconds(31))
    #expect(
      driver.close(4020).deeds == ["gap 1 close_4020", "identify 2 a.discord.media:2048 s1 200"])
  }

  @Test func kicked() {
    var driver = StayDriver.live()
    #expect(driver.close(4014).deeds == ["gap 0 close_4014"])
    let actions = driver.own(nil)
    #expect(actions.deeds == ["drop", "end kicked"], "who was put out does not act again")
    #expect(actions.ending?.exitCode == 0)
  }

  @Test func kickedBeforeTheClose() {
    var driver = StayDriver.live()
    #expect(driver.own(nil).deeds == ["close 1000", "gap 0 kicked", "drop", "end kicked"])
    #expect(driver.close(4014).isEmpty)
  }

  @Test func disconnectedWithoutAWordJoinsAgain() {
    var driver = StayDriver.live()
    driver.close(4014)
    #expect(driver.advance(.milliseconds(4999)).isEmpty)
    #expect(driver.advance(.milliseconds(1)).deeds == ["drop", "op4 null"])
  }

  @Test func daveRequired() {
    var driver = StayDriver.live()
    let actions = driver.close(4017)
    #expect(actions.ending?.reason == .daveRequired)
    #expect(actions.ending?.mayRetry == false)
  }

  @Test func coolsDownOnce() {
    var driver = StayDriver.live()
    #expect(driver.close(4021).deeds == ["gap 0 close_4021", "drop"])
    // What comes meanwhile changes nothing.
    #expect(driver.own(nil).deeds.isEmpty)
    #expect(driver.server(token: "t2").deeds.isEmpty)
    #expect(driver.advance(.milliseconds(59_999)).isEmpty)
    #expect(driver.advance(.milliseconds(1)).deeds == ["op4 200"])
    driver.own(StayDriver.channel)
    driver.server(token: "t3")
    driver.ready()
    driver.advance(.seconds(60))
    #expect(driver.close(4021).ending?.reason == .rateLimited)
  }

  @Test func callEnds() {
    var driver = StayDriver.live()
    #expect(driver.close(4022).deeds == ["gap 0 close_4022"])
    #expect(driver.advance(.milliseconds(9999)).isEmpty)
    let actions = driver.advance(.milliseconds(1))
    #expect(actions.ending?.reason == .callEnded)
    #expect(actions.ending?.closeCode == 4022)
  }

  @Test func callGoesOnElsewhere() {
    var driver = StayDriver.live()
    driver.close(4022)
    driver.advance(.seconds(9))
    driver.server("b.discord.media", token: "t2")
    #expect(driver.advance(.milliseconds(200)).deeds == ["identify 1 b.discord.media s1 200"])
  }
}
