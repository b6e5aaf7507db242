import DiscordGateway
import JSONValues
import Testing

@Suite struct SessionStartTests {
  @Test func withoutStartsLeftItWaitsForTheReset() {
    var driver = SessionDriver()
    driver.feed(.start)
    let start = driver.now
    driver.answerGateway(remaining: 0, resetAfter: .seconds(3600))
    #expect(driver.actions.notes == [.outOfSessionStarts(wait: .seconds(3600))])
    #expect(driver.actions.urls.isEmpty)
    #expect(driver.passDeadline() == [.askGateway])
    #expect(driver.now - start == .seconds(3600))
    driver.answerGateway()
    #expect(driver.actions.urls.count == 1)
  }

  @Test func noneLeftAndNoTimeIsNoBusyLoop() {
    var driver = SessionDriver()
    driver.feed(.start)
    driver.answerGateway(remaining: 0, resetAfter: .zero)
    let start = driver.now
    driver.passDeadline()
    #expect(driver.now - start >= .seconds(5))
  }

  @Test func absurdResetTimesAreCutToADay() {
    var driver = SessionDriver()
    driver.feed(.start)
    driver.answerGateway(remaining: -5, resetAfter: .seconds(1e18))
    #expect(driver.actions.notes == [.outOfSessionStarts(wait: .seconds(86_400))])
  }

  /// A server that takes Identify and then always says op 9: 1000 a day would reset the token.
  @Test func identifiesAreSpacedAndStayBelowTheDailyLimit() throws {
    var driver = SessionDriver()
    driver.feed(.start)
    driver.feed(.gatewayUnavailable)
    // No address is known: only asked for again.
    #expect(driver.actions.urls.isEmpty)
    driver = SessionDriver { $0.fallbackURL = GatewayURL.fallback }
    driver.feed(.start)
    driver.feed(.gatewayUnavailable)
    var times: [Duration] = []
    let end = driver.now + .seconds(3 * 86_400)
    while driver.now < end {
      driver.feed(.connected(connection: driver.connection))
      if driver.hello().identifies == 1 { times.append(driver.now) }
      driver.ready()
      // Stable, so that the waits do not grow.
      driver.now += .seconds(61)
      driver.receive(op: 9, d: false)
      let before = driver.connection
      while driver.connection == before {
        if driver.passDeadline().contains(.askGateway) { driver.feed(.gatewayUnavailable) }
      }
    }
    for (first, second) in zip(times, times.dropFirst()) {
      #expect(second - first >= .seconds(5))
    }
    for time in times {
      #expect(times.count { $0 >= time && $0 < time + .seconds(86_400) } <= 1000)
    }
    #expect(times.count > 2000)
  }

  @Test func twoIdentifiesNeverComeWithinFiveSeconds() {
    for seed in 1...100 {
      var driver = SessionDriver(seed: UInt64(seed))
      driver.open()
      driver.hello()
      let first = driver.now
      driver.disconnect()
      driver.identifyConnection()
      #expect(driver.now - first >= .seconds(5))
    }
  }

  @Test func aRefusedTokenEndsIt() {
    var driver = SessionDriver()
    driver.feed(.start)
    let actions = driver.feed(.gatewayRefused(GatewayError(.authenticationFailed, "no")))
    #expect(actions.errors.map(\.code) == [.authenticationFailed])
    #expect(driver.session.hasEnded)
  }

  @Test func withoutTheAPIAKnownAddressIsUsed() {
    var driver = SessionDriver.live()
    driver.disconnect(4009)
    driver.passDeadline()
    let actions = driver.feed(.gatewayUnavailable)
    #expect(actions.urls == ["wss://gateway.discord.gg/?v=10&encoding=json"])
  }

  @Test func theAPIIsAskedAgainWithGrowingWaits() throws {
    var driver = SessionDriver()
    driver.feed(.start)
    for _ in 0..<20 {
      let actions = driver.feed(.gatewayUnavailable)
      let delay = try #require(actions.reconnect).delay
      #expect(delay <= .seconds(60))
      #expect(driver.passDeadline() == [.askGateway])
    }
    #expect(driver.actions.notes.count == 20)
  }

  @Test func aLostAnswerOfTheAPIIsAskedForAgain() {
    var driver = SessionDriver()
    driver.feed(.start)
    driver.pass(.seconds(80))
    #expect(driver.passDeadline() == [.askGateway])
    driver.answerGateway()
    #expect(driver.actions.urls.count == 1)
  }
}
