import DiscordREST
import Testing

@testable import DiscordVoice

@Suite struct MovingTests {
  @Test func migratesWhenTheServerComesFirst() {
    var driver = StayDriver.live()
    #expect(driver.server("b.discord.media", token: "t2").isEmpty)
    #expect(
      driver.advance(.milliseconds(200)).deeds
        == ["close 1000", "gap 0 migrated", "identify 1 b.discord.media s1 200"])
    // The old WebSocket's close comes late.
    #expect(driver.feed(.closed(code: 4014, attempt: 1)).isEmpty)
    #expect(driver.ready().isEmpty)
    #expect(!driver.wasDoubled)
  }

  @Test func migratesWhenTheCloseComesFirst() {
    var driver = StayDriver.live()
    driver.close(4014)
    driver.advance(.seconds(1))
    driver.server("b.discord.media", token: "t2")
    #expect(driver.advance(.milliseconds(200)).deeds == ["identify 1 b.discord.media s1 200"])
  }

  @Test func migratesOverANullEndpoint() {
    for closesFirst in [true, false] {
      var driver = StayDriver.live()
      if closesFirst { driver.close(4014) }
      driver.server(nil)
      if !closesFirst { driver.close(4014) }
      #expect(driver.advance(.seconds(4)).isEmpty)
      driver.server("b.discord.media", token: "t2")
      #expect(driver.advance(.milliseconds(200)).deeds == ["identify 1 b.discord.media s1 200"])
    }
  }

  @Test func sameServerAgainIsNothing() {
    var driver = StayDriver.live()
    #expect(driver.server().isEmpty)
    #expect(driver.stay.deadline == nil)
  }

  @Test(arguments: [
    "state, server", "server, state", "close, state, server", "close, server, state",
  ])
  func followsAMove(order: String) {
    var driver = StayDriver.live()
    for step in order.split(separator: ", ") {
      switch step {
      case "state": driver.own(StayDriver.other)
      case "server": driver.server("b.discord.media", token: "t2")
      default: driver.close(4014)
      }
    }
    driver.advance(.milliseconds(300))
    #expect(driver.actions.words.contains("follow 201"))
    #expect(driver.actions.deeds.last == "identify 1 b.discord.media s1 201")
    #expect(driver.stay.channel == StayDriver.other)
    #expect(!driver.wasDoubled)
    driver.ready()
    #expect(driver.stay.deadline == nil)
  }

  @Test func moveThatIsToldLate() {
    var driver = StayDriver.live()
    driver.server("b.discord.media", token: "t2")
    driver.advance(.seconds(1))
    driver.ready()
    #expect(
      driver.own(StayDriver.other).deeds
        == ["follow 201", "close 1000", "gap 1 moved", "drop", "identify 2 b.discord.media s1 201"])
  }

  @Test func moveRightAfterJoiningWaitsForItsServer() {
    var driver = StayDriver()
    driver.feed(.start)
    driver.own(StayDriver.channel)
    driver.server()
    driver.ready()
    driver.advance(.seconds(1))
    #expect(
      driver.own(StayDriver.other).deeds == ["follow 201", "close 1000", "gap 0 moved", "drop"])
    #expect(driver.server(token: "t2").deeds == ["identify 1 a.discord.media:2048 s1 201"])
  }

  @Test func moveWithoutAServerJoinsAgain() {
    var driver = StayDriver.live()
    driver.own(StayDriver.other)
    #expect(driver.advance(.seconds(5)).deeds == ["drop", "op4 null"])
    #expect(driver.own(nil).deeds == ["op4 201"])
  }

  @Test func stopsAtAMoveByOption() {
    var driver = StayDriver.live { $0.followsMoves = false }
    let actions = driver.own(StayDriver.other)
    #expect(actions.ending?.reason == .moved)
    #expect(actions.deeds.contains("op4 null"), "the bot does not sit there for nothing")
  }

  @Test func gatewaySessionIsLostUnderALiveConnection() {
    var driver = StayDriver.live()
    driver.feed(.signal(.disconnected))
    driver.advance(.seconds(30))
    #expect(driver.feed(.signal(.connected(sessionLost: true))).deeds == ["op4 200"])
    // Discord clears the old session's state away.
    #expect(driver.own(nil).deeds.isEmpty)
    #expect(driver.own(StayDriver.channel, session: "s2").deeds.isEmpty)
    #expect(
      driver.server(token: "t2").deeds
        == ["close 1000", "gap 0 migrated", "identify 1 a.discord.media:2048 s2 200"])
  }

  @Test func gatewaySessionIsLostAndTheOldConnectionClosed() {
    for code: UInt16? in [4006, 4014, nil] {
      var driver = StayDriver.live()
      driver.feed(.signal(.connected(sessionLost: true)))
      driver.close(code)
      driver.own(StayDriver.channel, session: "s2")
      let deeds = driver.server(token: "t2").deeds
      #expect(deeds == ["identify 1 a.discord.media:2048 s2 200"])
    }
  }

  @Test func stateOfAnOldSessionIsNoKick() {
    var driver = StayDriver.live()
    #expect(driver.own(nil, session: "s0").deeds.isEmpty)
    #expect(!driver.stay.hasEnded)
  }

  @Test func gatewayEndsUnderALiveConnection() {
    var driver = StayDriver.live()
    #expect(driver.feed(.signalsEnded).isEmpty, "what is live goes on")
    #expect(driver.close(1006).ending?.reason == .gatewayStopped)
  }

  @Test func networkAwayForMinutes() {
    var driver = StayDriver.live()
    driver.feed(.signal(.disconnected))
    driver.close(nil)
    var identifies = 0
    for _ in 0..<200 where driver.now < .seconds(1000 + 400) {
      let new =
        driver.feed(.closed(code: nil, attempt: driver.attempt)) + driver.advance(.seconds(2))
      identifies += new.deeds.count { $0.hasPrefix("identify") }
    }
    #expect(identifies > 3)
    #expect(!driver.stay.hasEnded)
    driver.feed(.signal(.connected(sessionLost: true)))
    driver.own(StayDriver.channel, session: "s9")
    driver.server("c.discord.media", token: "t9")
    driver.ready()
    driver.advance(.seconds(60))
    #expect(driver.lastServer == "c.discord.media")
    #expect(driver.open.count == 1)
    #expect(!driver.wasDoubled)
  }

  @Test func zombieResumes() {
    var driver = StayDriver.live()
    #expect(
      driver.feed(.fault(.zombie, attempt: driver.attempt)).deeds
        == ["close 4000", "gap 0 zombie", "resume"])
  }

  @Test func unreachableMediaTriesOtherServers() {
    var driver = StayDriver.live()
    driver.feed(.reconnect("silent"))
    var deeds: [String] = []
    for _ in 0..<3 {
      deeds += driver.feed(.fault(.noMedia, attempt: driver.attempt)).deeds
      deeds += driver.advance(.seconds(5)).deeds
    }
    #expect(deeds.count { $0.hasPrefix("identify") } == 2)
    #expect(deeds.contains("op4 null"), "the third failure asks for another server")
  }

  @Test func addressChangeIdentifiesAnew() {
    var driver = StayDriver.live()
    #expect(
      driver.feed(.addressChanged).deeds
        == ["close 1000", "gap 0 address_changed", "identify 1 a.discord.media:2048 s1 200"])
  }

  @Test func silentServerIsGivenUp() {
    var driver = StayDriver()
    driver.feed(.start)
    driver.own(StayDriver.channel)
    driver.server()
    driver.feed(.opened(attempt: driver.attempt))
    #expect(
      driver.advance(.seconds(20)).deeds
        == ["close 4000", "identify 1 a.discord.media:2048 s1 200"])
  }

  @Test func ownStateIsToldWhenItChanges() {
    var driver = StayDriver.live()
    #expect(driver.own(StayDriver.channel, deaf: true).words == ["own 200"])
    #expect(driver.own(StayDriver.channel, deaf: true).isEmpty)
  }
}
