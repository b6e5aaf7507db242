import DiscordGateway
import JSONValues
import Testing

@Suite struct ReplayTests {
  @Test func eachEventIsDispatchedOnceAndInOrder() {
    var driver = SessionDriver.live()
    for sequence in 2...5 as ClosedRange<Int64> { driver.event("A", sequence) }
    driver.disconnect()
    driver.resumeConnection()
    // The replay begins too early.
    for sequence in 3...9 as ClosedRange<Int64> { driver.event("A", sequence) }
    #expect(!driver.session.isLive)
    driver.event("RESUMED", 10)
    #expect(driver.session.isLive)
    driver.event("A", 11)
    #expect(driver.actions.sequences == Array(1...11))
    #expect(
      driver.actions.notes.filter { if case .duplicate = $0 { true } else { false } }
        == [3, 4, 5].map { .duplicate(sequence: $0) })
    #expect(driver.session.lastSequence == 11)
  }

  @Test func numbersNeverGoBackwards() {
    var driver = SessionDriver.live()
    driver.event("A", 50)
    driver.event("B", 3)
    driver.event("C", 50)
    #expect(driver.session.lastSequence == 50)
    #expect(driver.actions.dispatched == ["READY", "A"])
  }

  @Test func eventsWithoutANumberAreDispatched() {
    var driver = SessionDriver.live()
    #expect(driver.event("A", nil).dispatched == ["A"])
    #expect(driver.session.lastSequence == 1)
  }

  @Test func aResumedThatRepeatsItsNumberEndsTheReplay() {
    var driver = SessionDriver.live()
    driver.event("A", 2)
    driver.disconnect()
    driver.resumeConnection()
    driver.event("RESUMED", 2)
    #expect(driver.session.isLive)
  }

  @Test func gapsAreTold() {
    var driver = SessionDriver.live()
    #expect(driver.event("A", 5).notes == [.gap(after: 1, count: 3)])
    #expect(driver.session.lastSequence == 5)
  }

  @Test func aRefusedResumeIsToldWithTheNextReady() {
    var driver = SessionDriver.live()
    driver.event("A", 2)
    driver.disconnect()
    driver.resumeConnection()
    let refused = driver.receive(op: 9, d: false)
    #expect(refused.notes.contains(.sessionLost(lastSequence: 2)))
    driver.identifyConnection()
    guard case .dispatch(let ready)? = driver.ready(1, session: "T").first else {
      Issue.record("no READY")
      return
    }
    #expect(ready.followsLostSession)
    // Told once.
    driver.disconnect(4007)
    driver.identifyConnection()
    driver.disconnect()
    driver.identifyConnection()
    guard case .dispatch(let again)? = driver.ready(1, session: "U").first else {
      Issue.record("no READY")
      return
    }
    #expect(again.followsLostSession)
  }

  @Test func theFirstSessionFollowsNone() {
    let driver = SessionDriver.live()
    for case .dispatch(let dispatch) in driver.actions { #expect(!dispatch.followsLostSession) }
  }
}
