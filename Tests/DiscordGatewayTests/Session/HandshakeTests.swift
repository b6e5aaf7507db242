import DiscordGateway
import JSONValues
import Testing

@Suite struct HandshakeTests {
  @Test func asksForTheAddressThenConnectsWithVersionAndEncoding() {
    var driver = SessionDriver()
    #expect(driver.feed(.start) == [.askGateway])
    driver.answerGateway()
    #expect(driver.actions.urls == ["wss://gateway.discord.gg/?v=10&encoding=json"])
    #expect(driver.feed(.start).isEmpty)
  }

  @Test func identifiesAfterHelloWithIntentsShardAndProperties() throws {
    var driver = SessionDriver(intents: [.guilds, .guildMessages]) {
      $0.shard = .init(index: 1, count: 4)
      $0.largeThreshold = 250
      $0.presence = ["status": "dnd"]
    }
    driver.open()
    #expect(driver.actions.sent.isEmpty)
    let sent = driver.hello().sent
    guard case .identify(let fields)? = sent.first else {
      Issue.record("no Identify")
      return
    }
    #expect(sent.count == 1)
    #expect(fields["intents"] == .integer(513))
    #expect(fields["shard"] == [1, 4])
    #expect(fields["large_threshold"] == 250)
    #expect(fields["presence"] == ["status": "dnd"])
    #expect(fields["properties"] == ["os": "linux", "browser": "tapedeck", "device": "tapedeck"])
    #expect(fields["compress"] == false)
    #expect(fields["token"] == nil)
    let text = SessionPayload.identify(fields).text(token: "secret")
    let json = try JSONValue(parsing: Array(text.utf8))
    #expect(json["op"] == 2)
    #expect(json["d"]?["token"] == "secret")
  }

  @Test func readyMakesItLiveAndKeepsWhatResumingNeeds() {
    var driver = SessionDriver()
    driver.open()
    driver.hello()
    #expect(!driver.session.isLive)
    #expect(driver.ready().dispatched == ["READY"])
    #expect(driver.session.isLive)
    #expect(driver.session.lastSequence == 1)
    driver.event("MESSAGE_CREATE", 2)
    let resumed = driver.disconnect()
    #expect(resumed.reconnect?.resumes == true)
    let actions = driver.resumeConnection()
    #expect(actions.urls == ["wss://gateway-us-east1-b.discord.gg/?v=10&encoding=json"])
    #expect(actions.sent == [.resume(sessionID: "S", sequence: 2)])
  }

  @Test func noHelloInTimeIsANewConnection() {
    var driver = SessionDriver()
    driver.open()
    #expect(driver.pass(.seconds(19)).isEmpty)
    let actions = driver.pass(.seconds(1))
    #expect(actions.closes == [4000])
    #expect(actions.reconnect?.resumes == false)
  }

  @Test func noConnectionInTimeIsANewOneAndTheLateOneIsClosed() {
    var driver = SessionDriver()
    driver.feed(.start)
    driver.answerGateway()
    let late = driver.connection
    #expect(driver.pass(.seconds(20)).closes == [4000])
    #expect(driver.feed(.connected(connection: late)) == [.close(code: 4000, connection: late)])
  }

  @Test(arguments: [
    "{}", #"{"heartbeat_interval":0}"#, #"{"heartbeat_interval":-5}"#,
    #"{"heartbeat_interval":1e300}"#, #"{"heartbeat_interval":"40"}"#, "null", "[]",
  ])
  func helloWithoutAUsableIntervalIsANewConnection(d: String) {
    var driver = SessionDriver()
    driver.open()
    let actions = driver.receive(#"{"op":10,"d":\#(d)}"#)
    #expect(actions.sent.isEmpty)
    #expect(actions.closes == [4000])
    #expect(actions.reconnect != nil)
  }

  @Test func aSecondHelloChangesNothing() {
    var driver = SessionDriver.live()
    #expect(driver.hello(interval: 20).isEmpty)
    #expect(driver.session.isLive)
  }

  @Test func eventsBeforeTheSessionArePassedOver() {
    var driver = SessionDriver()
    driver.open()
    #expect(driver.event("MESSAGE_CREATE", 5).dispatched.isEmpty)
    driver.hello()
    #expect(driver.event("MESSAGE_CREATE", 5).notes == [.unexpectedEvent(name: "MESSAGE_CREATE")])
    #expect(driver.ready().dispatched == ["READY"])
  }

  @Test func unknownEventsAndOperationsAreKept() {
    var driver = SessionDriver.live()
    let event = driver.event("NEW_THING", 2, ["a": 1])
    #expect(event.dispatched == ["NEW_THING"])
    let operation = driver.receive(op: 99, d: ["b": 2])
    guard case .dispatch(let dispatch)? = operation.first else {
      Issue.record("not dispatched")
      return
    }
    #expect(dispatch.name == "OP 99")
    #expect(dispatch.data == ["b": 2])
    #expect(driver.session.isLive)
  }

  @Test func anAddressThatIsNotAllowedIsFatal() {
    var driver = SessionDriver()
    driver.feed(.start)
    let actions = driver.feed(.gateway(GatewayInformation(url: "wss://discord.gg.evil.example")))
    #expect(actions.errors.map(\.code) == [.urlNotAllowed])
    #expect(driver.session.hasEnded)
  }

  @Test func aResumeAddressThatIsNotAllowedIsNotUsed() {
    var driver = SessionDriver()
    driver.open()
    driver.hello()
    driver.ready(url: "wss://evil.example")
    driver.disconnect()
    let actions = driver.resumeConnection()
    #expect(actions.urls == ["wss://gateway.discord.gg/?v=10&encoding=json"])
    #expect(actions.notes.contains(.urlRefused))
    #expect(actions.sent == [.resume(sessionID: "S", sequence: 1)])
  }

  @Test func stopClosesWith1000AndEnds() {
    var driver = SessionDriver.live()
    #expect(driver.feed(.stop).closes == [1000])
    #expect(!driver.session.hasEnded)
    #expect(driver.disconnect(1000) == [.stopped])
    #expect(driver.session.hasEnded)
    #expect(driver.feed(.start).isEmpty)
    #expect(driver.session.deadline == nil)
  }

  @Test func stopDoesNotWaitForAPeerThatIsGone() {
    var driver = SessionDriver.live()
    driver.feed(.stop)
    #expect(driver.pass(.seconds(10)).contains(.stopped))
  }

  @Test func stopWhileWaitingOrConnectingEndsAtOnce() {
    var waiting = SessionDriver.live()
    waiting.disconnect()
    #expect(waiting.feed(.stop) == [.stopped])
    var connecting = SessionDriver()
    connecting.feed(.start)
    connecting.answerGateway()
    #expect(connecting.feed(.stop).contains(.stopped))
    var idle = SessionDriver()
    #expect(idle.feed(.stop) == [.stopped])
  }
}
