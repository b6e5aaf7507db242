import DiscordGateway
import JSONValues
import Testing

@Suite struct ReconnectTests {
  @Test(
    arguments: [
      (4004, GatewayError.Code.authenticationFailed), (4010, .invalidShard),
      (4011, .shardingRequired), (4012, .invalidAPIVersion), (4013, .invalidIntents),
      (4014, .disallowedIntents),
    ] as [(UInt16, GatewayError.Code)])
  func fatalCodesEndIt(code: UInt16, kind: GatewayError.Code) {
    for live in [true, false] {
      var driver = SessionDriver.live()
      if !live {
        driver = SessionDriver()
        driver.open()
        driver.hello()
      }
      let actions = driver.disconnect(code)
      #expect(actions.errors.map(\.code) == [kind])
      #expect(actions.errors.map(\.closeCode) == [Int(code)])
      #expect(driver.session.hasEnded)
      #expect(driver.session.deadline == nil)
      #expect(driver.feed(.start).isEmpty)
    }
  }

  @Test(arguments: [4007, 4009] as [UInt16])
  func someCodesNeedANewSession(code: UInt16) {
    var driver = SessionDriver.live()
    let actions = driver.disconnect(code)
    #expect(actions.reconnect?.resumes == false)
    #expect(actions.notes.contains(.sessionLost(lastSequence: 1)))
    #expect(driver.identifyConnection().identifies == 1)
    guard case .dispatch(let ready)? = driver.ready(1, session: "T").first else {
      Issue.record("no READY")
      return
    }
    #expect(ready.followsLostSession)
    #expect(driver.session.lastSequence == 1)
  }

  @Test(
    arguments: [nil, 1000, 1001, 1006, 1011, 4000, 4001, 4002, 4003, 4005, 4008, 4999] as [UInt16?])
  func allOthersResume(code: UInt16?) {
    var driver = SessionDriver.live()
    driver.event("A", 2)
    #expect(driver.disconnect(code).reconnect?.resumes == true)
    #expect(driver.resumeConnection().sent == [.resume(sessionID: "S", sequence: 2)])
  }

  @Test func operation7ResumesAtOnce() {
    var driver = SessionDriver.live()
    let actions = driver.receive(op: 7)
    #expect(actions.closes == [4000])
    #expect(actions.reconnect?.resumes == true)
    #expect(actions.reconnect?.delay == .zero)
    // What the old connection still says is not heard.
    #expect(driver.feed(.disconnected(code: 4000, connection: driver.connection)).isEmpty)
    #expect(driver.resumeConnection().sent == [.resume(sessionID: "S", sequence: 1)])
  }

  @Test func operation7BeforeHelloConnectsAgain() {
    var driver = SessionDriver()
    driver.open()
    #expect(driver.receive(op: 7).reconnect?.resumes == false)
    #expect(driver.identifyConnection().identifies == 1)
  }

  @Test func operation9ResumableResumes() {
    var driver = SessionDriver.live()
    let actions = driver.receive(op: 9, d: true)
    #expect(actions.closes == [4000])
    #expect(actions.reconnect?.resumes == true)
  }

  @Test(arguments: [JSONValue.bool(false), .null, "true", 1])
  func operation9OtherwiseIdentifiesAfterOneToFiveSeconds(d: JSONValue) throws {
    for seed in 1...50 {
      var driver = SessionDriver.live(seed: UInt64(seed))
      driver.now += .seconds(300)
      let actions = driver.receive(op: 9, d: d)
      let reconnect = try #require(actions.reconnect)
      #expect(!reconnect.resumes)
      #expect(reconnect.delay >= .seconds(1) && reconnect.delay <= .seconds(5))
      #expect(driver.identifyConnection().identifies == 1)
    }
  }

  @Test func waitsGrowToACapAndShrinkOnlyAfterAStableSession() throws {
    var driver = SessionDriver.live()
    var delays: [Duration] = []
    for _ in 0..<12 {
      delays.append(try #require(driver.disconnect().reconnect).delay)
      driver.resumeConnection()
      driver.event("RESUMED", nil)
      #expect(driver.session.isLive)
      // Alive, but not for long.
      driver.now += .seconds(10)
    }
    #expect(delays[0] < .seconds(1))
    for (index, delay) in delays.enumerated().dropFirst() {
      let full = min(Duration.seconds(1 << (index - 1)), .seconds(60))
      #expect(delay >= full * 0.5 && delay <= full)
    }
    driver.now += .seconds(20)
    #expect(try #require(driver.disconnect().reconnect).delay < .seconds(1))
  }

  @Test func aNetworkThatIsAwayForADayIsTriedOnceAMinuteAndThenResumed() {
    var driver = SessionDriver.live()
    driver.disconnect()
    let end = driver.now + .seconds(86_400)
    var attempts = 0
    while driver.now < end {
      let before = driver.connection
      driver.passDeadline()
      if driver.connection != before {
        attempts += 1
        driver.disconnect()
      }
    }
    #expect(attempts > 1400 && attempts < 3000)
    #expect(driver.actions.identifies == 1)
    #expect(driver.actions.urls.contains("wss://gateway.discord.gg/?v=10&encoding=json"))
    #expect(driver.resumeConnection().sent == [.resume(sessionID: "S", sequence: 1)])
  }

  @Test func aServerThatClosesUponEachResumeGetsANewSession() {
    var driver = SessionDriver.live()
    driver.disconnect()
    for _ in 0..<4 {
      driver.resumeConnection()
      #expect(driver.disconnect(4003).reconnect?.resumes == true)
    }
    driver.resumeConnection()
    let last = driver.disconnect(4003)
    #expect(last.reconnect?.resumes == false)
    #expect(last.notes.contains(.sessionLost(lastSequence: 1)))
    #expect(driver.identifyConnection().identifies == 1)
  }

  @Test func aReplayThatBreaksOffAgainAndAgainIsNoRefusal() {
    var driver = SessionDriver.live()
    driver.disconnect()
    for sequence in 2...50 as ClosedRange<Int64> {
      driver.resumeConnection()
      #expect(driver.event("A", sequence).dispatched == ["A"])
      #expect(driver.disconnect(4000).reconnect?.resumes == true)
    }
  }

  @Test func theUserMayAskForANewConnection() {
    var driver = SessionDriver.live()
    let resumed = driver.feed(.reconnect(resume: true))
    #expect(resumed.closes == [4000])
    #expect(resumed.reconnect?.resumes == true)
    driver.resumeConnection()
    driver.event("RESUMED", 2)
    let new = driver.feed(.reconnect(resume: false))
    #expect(new.closes == [1000])
    #expect(new.reconnect?.resumes == false)
    #expect(driver.identifyConnection().identifies == 1)
  }

  @Test func theUserMayGiveUpASessionThatWaitsToBeResumed() {
    var driver = SessionDriver.live()
    driver.disconnect()
    driver.feed(.reconnect(resume: false))
    #expect(driver.identifyConnection().identifies == 1)
  }
}
