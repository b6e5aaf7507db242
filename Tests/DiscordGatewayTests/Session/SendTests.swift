import DiscordGateway
import JSONValues
import Testing

@Suite struct SendTests {
  @Test func sentAtOnceWhenLive() {
    var driver = SessionDriver.live()
    let sent = driver.feed(.send(op: 3, d: ["status": "idle"])).sent
    #expect(sent == [.command(op: 3, text: #"{"d":{"status":"idle"},"op":3}"#)])
  }

  @Test func keptUntilThereIsASessionAndInOrder() {
    var driver = SessionDriver()
    driver.feed(.send(op: 4, d: 1))
    driver.open()
    driver.feed(.send(op: 4, d: 2))
    #expect(driver.hello().sent.count == 1)
    let sent = driver.ready().sent
    #expect(sent.map { $0.text(token: "") } == [#"{"d":1,"op":4}"#, #"{"d":2,"op":4}"#])
    driver.disconnect()
    driver.feed(.send(op: 4, d: 3))
    driver.resumeConnection()
    #expect(driver.event("RESUMED", 2).sent.map { $0.text(token: "") } == [#"{"d":3,"op":4}"#])
  }

  @Test func neverOver120In60SecondsAndHeartbeatsFirst() {
    var driver = SessionDriver.live()
    let start = driver.now
    for number in 0..<400 { driver.feed(.send(op: 3, d: .integer(Int64(number)))) }
    var times: [Duration] = driver.actions.sent.map { _ in start }
    var zombies = 0
    while driver.session.queuedCount > 0, driver.now - start < .seconds(600) {
      let actions = driver.passDeadline()
      times += actions.sent.map { _ in driver.now }
      zombies += actions.closes.count
      if !actions.heartbeats.isEmpty { driver.receive(op: 11) }
    }
    #expect(zombies == 0)
    #expect(driver.session.queuedCount == 0)
    for time in times {
      #expect(times.count { $0 >= time && $0 < time + .seconds(60) } <= 120)
    }
    let commands = driver.actions.sent.compactMap { payload -> String? in
      if case .command(_, let text) = payload { text } else { nil }
    }
    #expect(commands == (0..<400).map { #"{"d":\#($0),"op":3}"# })
    #expect(driver.now - start < .seconds(240))
  }

  @Test func theLimitIsPerConnection() {
    var driver = SessionDriver.live()
    for _ in 0..<200 { driver.feed(.send(op: 3, d: .null)) }
    #expect(driver.session.queuedCount > 0)
    driver.disconnect()
    driver.resumeConnection()
    driver.event("RESUMED", 2)
    #expect(driver.session.queuedCount == 0)
  }
}
