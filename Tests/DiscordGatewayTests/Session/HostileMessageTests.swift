import DiscordGateway
import JSONValues
import Testing

@Suite struct HostileMessageTests {
  static let unreadable = [
    "", "not JSON", "{", "[]", "null", "1", #"{"op":}"#, #"{"d":1}"#, #"{"op":"0"}"#,
    #"{"op":0,"s":1}"#, #"{"op":0,"t":5,"s":1}"#, #"{"op":0,"t":"A","s":-1}"#,
    #"{"op":0,"t":"A","s":1e99}"#, #"{"op":0,"t":"A","s":"7"}"#,
    #"{"op":0,"t":"A","s":9007199254740993}"#,
    #"{"op":0.5}"#, #"{"op":99999999999999999999}"#,
    String(repeating: "[", count: 10_000),
    #"{"op":0,"t":"A","s":2,"d":"# + String(repeating: "[", count: 10_000)
      + String(repeating: "]", count: 10_000) + "}",
    String(repeating: #"{"a":"#, count: 10_000),
  ]

  /// It may have been an event: the session is resumed, so that Discord sends it once more.
  @Test(arguments: unreadable) func isAskedForAgainByResuming(text: String) {
    var driver = SessionDriver.live()
    driver.event("A", 2)
    let actions = driver.receive(text)
    #expect(actions.closes == [4000])
    #expect(actions.reconnect?.resumes == true)
    #expect(actions.dispatched.isEmpty)
    driver.resumeConnection()
    #expect(driver.event("B", 3).dispatched == ["B"])
    driver.event("RESUMED", 4)
    #expect(driver.actions.sequences == [1, 2, 3, 4])
  }

  /// A message that stays unreadable must not be asked for for ever.
  @Test(arguments: unreadable) func isPassedOverTheSecondTime(text: String) {
    var driver = SessionDriver.live()
    driver.receive(text)
    driver.resumeConnection()
    let second = driver.receive(text)
    #expect(second.closes.isEmpty)
    #expect(second.notes.count == 1)
    // The next number shows that it was an event: once more it is asked for, then gone without.
    let gap = driver.event("B", 3)
    #expect(gap.dispatched.isEmpty)
    #expect(gap.reconnect?.resumes == true)
    driver.resumeConnection()
    driver.receive(text)
    #expect(driver.event("B", 3).notes == [.gap(after: 1, count: 1)])
    driver.event("RESUMED", 4)
    #expect(driver.session.isLive)
    #expect(driver.actions.sequences == [1, 3, 4])
    #expect(driver.actions.identifies == 1)
  }

  @Test func unreadableBetweenEventsThatAllCameIsNoGap() {
    var driver = SessionDriver.live()
    driver.receive("?")
    driver.resumeConnection()
    driver.event("RESUMED", 2)
    for sequence in 3...20 as ClosedRange<Int64> {
      driver.receive("?")
      if !driver.session.isLive {
        driver.resumeConnection()
        driver.receive("?")
      }
      driver.event("A", sequence)
    }
    #expect(driver.actions.sequences == Array(1...20))
  }

  @Test func binaryMessagesAreUnreadable() {
    var driver = SessionDriver.live()
    let actions = driver.feed(.binaryMessage(connection: driver.connection))
    #expect(actions.closes == [4000])
    #expect(actions.reconnect?.resumes == true)
  }

  @Test func brokenConnectionsGiveTheSessionUpInTheEnd() {
    var driver = SessionDriver.live()
    for _ in 0..<2 {
      #expect(driver.feed(.broken(connection: driver.connection)).reconnect?.resumes == true)
      driver.resumeConnection()
    }
    #expect(driver.feed(.broken(connection: driver.connection)).reconnect?.resumes == false)
    #expect(driver.identifyConnection().identifies == 1)
  }

  @Test func garbageInPlaceOfReadyIsNoStorm() {
    var driver = SessionDriver()
    driver.open()
    driver.hello()
    let start = driver.now
    while driver.now - start < .seconds(3600) {
      driver.receive("?")
      driver.identifyConnection()
    }
    #expect(driver.actions.identifies < 130)
  }

  @Test func readyWithoutASessionIsLiveButNotResumed() {
    var driver = SessionDriver()
    driver.open()
    driver.hello()
    driver.event("READY", 1, .null)
    #expect(driver.session.isLive)
    #expect(driver.disconnect().reconnect?.resumes == false)
    #expect(driver.identifyConnection().identifies == 1)
  }

  @Test func aNumberFarAheadIsUnreadable() {
    var driver = SessionDriver.live()
    #expect(driver.event("A", 1 << 52).closes == [4000])
    driver.resumeConnection()
    #expect(driver.event("A", 2).dispatched == ["A"])
  }
}
