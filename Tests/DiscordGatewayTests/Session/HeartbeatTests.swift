import DiscordGateway
import JSONValues
import Testing

@Suite struct HeartbeatTests {
  @Test func theFirstComesAfterARandomPartOfTheInterval() throws {
    var parts: [Double] = []
    for seed in 1...200 {
      var driver = SessionDriver(seed: UInt64(seed))
      driver.open()
      driver.hello(interval: 40_000)
      let first = try #require(driver.session.deadline) - driver.now
      #expect(first >= .zero && first < .seconds(40))
      parts.append(first / .seconds(40))
    }
    #expect(abs(parts.reduce(0, +) / 200 - 0.5) < 0.1)
    #expect(try #require(parts.min()) < 0.05)
    #expect(try #require(parts.max()) > 0.95)
  }

  @Test func thenEachInterval() {
    var driver = SessionDriver.live()
    driver.event("A", 7)
    driver.passDeadline()
    for _ in 0..<5 {
      driver.receive(op: 11)
      let before = driver.now
      #expect(driver.passDeadline().heartbeats == [7])
      #expect(driver.now - before == .seconds(40))
    }
  }

  @Test func beforeAnyEventTheNumberIsNull() throws {
    var driver = SessionDriver()
    driver.open()
    driver.hello()
    let sent = driver.passDeadline().sent
    #expect(sent == [.heartbeat(sequence: nil)])
    #expect(try JSONValue(parsing: Array(sent[0].text(token: "").utf8)) == ["op": 1, "d": nil])
  }

  @Test func aMissedAcknowledgementIs4000AndResume() {
    var driver = SessionDriver.live()
    #expect(driver.passDeadline().heartbeats.count == 1)
    let actions = driver.passDeadline()
    #expect(actions.heartbeats.isEmpty)
    #expect(actions.closes == [4000])
    #expect(actions.reconnect?.resumes == true)
    #expect(driver.resumeConnection().sent == [.resume(sessionID: "S", sequence: 1)])
  }

  @Test func acknowledgementsKeepItAliveForEver() {
    var driver = SessionDriver.live()
    for _ in 0..<10_000 {
      #expect(driver.passDeadline().closes.isEmpty)
      driver.receive(op: 11)
    }
    #expect(driver.session.isLive)
  }

  @Test func askedForOneIsSentAtOnceAndIsNoReasonToCloseAMomentLater() throws {
    var driver = SessionDriver.live()
    driver.passDeadline()
    driver.receive(op: 11)
    // A moment before the next is due.
    driver.now = try #require(driver.session.deadline) - .milliseconds(1)
    #expect(driver.receive(op: 1).heartbeats == [1])
    let actions = driver.passDeadline()
    #expect(actions.heartbeats == [1])
    #expect(actions.closes.isEmpty)
    driver.receive(op: 11)
    #expect(driver.passDeadline().heartbeats == [1])
  }

  @Test func aFloodOfRequestsKeepsToTheSendLimit() {
    var driver = SessionDriver.live()
    var beats = 0
    for _ in 0..<1000 { beats += driver.receive(op: 1).heartbeats.count }
    #expect(beats == 119)
  }

  @Test func requestsBeforeHelloAreNotAnswered() {
    var driver = SessionDriver()
    driver.open()
    #expect(driver.receive(op: 1).isEmpty)
  }

  @Test func theTimeToTheAcknowledgementIsTold() {
    var driver = SessionDriver.live()
    driver.passDeadline()
    driver.now += .milliseconds(85)
    #expect(driver.receive(op: 11) == [.note(.acknowledged(after: .milliseconds(85)))])
  }

  @Test func anAcknowledgementOfAnOldConnectionCountsForNothing() {
    var driver = SessionDriver.live()
    let old = driver.connection
    driver.disconnect()
    driver.resumeConnection()
    #expect(
      driver.feed(.message(#"{"op":11}"#, connection: old)).isEmpty)
  }
}
