import DiscordREST
import Testing

@testable import DiscordVoice

@Suite struct JoiningTests {
  private let identified = "identify 0 a.discord.media:2048 s1 200"

  @Test func stateThenServer() {
    var driver = StayDriver()
    #expect(driver.feed(.start).words == ["lookUp", "op4 200"])
    #expect(driver.own(StayDriver.channel).words == ["own 200"])
    #expect(driver.server().words == ["first a.discord.media:2048", identified])
    #expect(driver.ready().isEmpty)
  }

  @Test func serverThenState() {
    var driver = StayDriver()
    driver.feed(.start)
    #expect(driver.server().words == ["first a.discord.media:2048"])
    #expect(driver.own(StayDriver.channel).deeds == [identified])
  }

  @Test func nullEndpointThenAServer() {
    var driver = StayDriver()
    driver.feed(.start)
    driver.server(nil)
    driver.own(StayDriver.channel)
    #expect(driver.advance(.seconds(29)).isEmpty, "Discord looks for a server")
    #expect(driver.server("b.discord.media:443").deeds == ["identify 0 b.discord.media:443 s1 200"])
  }

  @Test func firstConnectionGoesOnCounting() {
    var driver = StayDriver { $0.firstConnection = 7 }
    driver.feed(.start)
    driver.own(StayDriver.channel)
    #expect(driver.server().deeds == ["identify 7 a.discord.media:2048 s1 200"])
  }

  @Test func unansweredAsksAgain() {
    var driver = StayDriver()
    driver.feed(.start)
    #expect(driver.advance(.milliseconds(4999)).isEmpty)
    #expect(driver.advance(.milliseconds(1)).words == ["lookUp"])
    let free = driver.feed(.facts(VoiceChannelFacts(userLimit: 5), channel: StayDriver.channel))
    #expect(free.deeds == ["op4 null"])
    #expect(driver.advance(.milliseconds(500)).deeds == ["op4 200"])
    driver.own(StayDriver.channel)
    #expect(driver.server().deeds == [identified])
  }

  @Test func fullChannelEndsWith69() {
    var driver = StayDriver()
    driver.someone(1, StayDriver.channel)
    driver.someone(2, StayDriver.channel)
    driver.someone(3, StayDriver.other)
    driver.feed(.start)
    driver.advance(.seconds(5))
    let actions = driver.feed(
      .facts(VoiceChannelFacts(userLimit: 2), channel: StayDriver.channel))
    #expect(actions.deeds == ["drop", "op4 null", "end channel_full"])
    #expect(actions.ending?.exitCode == 69)
    #expect(actions.ending?.mayRetry == true)
  }

  @Test func neverAnsweredEndsWith75() {
    var driver = StayDriver()
    driver.feed(.start)
    let actions = driver.advance(.seconds(120))
    #expect(actions.ending?.reason == .notJoined)
    #expect(actions.ending?.exitCode == 75)
    #expect(actions.deeds.count { $0 == "op4 200" } == VoiceStay.firstJoinTries - 1)
  }

  @Test func waitsWhileTheGatewayIsAway() {
    var driver = StayDriver()
    driver.feed(.start)
    driver.feed(.signal(.disconnected))
    #expect(driver.advance(.seconds(600)).isEmpty)
    driver.feed(.signal(.connected(sessionLost: false)))
    #expect(driver.advance(.seconds(5)).words == ["lookUp"])
  }

  @Test func staleVoiceStateGoesFirst() {
    var driver = StayDriver()
    driver.own(StayDriver.other, session: "old")
    #expect(driver.feed(.start).deeds == ["op4 null"])
    #expect(driver.own(nil, session: "old").deeds == ["op4 200"])
    driver.own(StayDriver.channel)
    #expect(driver.server().deeds == [identified])
  }

  @Test func forbiddenServerIsNotConnectedTo() {
    for endpoint in [
      "evil.example", "discord.media.evil.example:443", "127.0.0.1:80", "user@a.discord.media",
      "a.discord.media/path", "a.discord.media.", "", "a b.discord.media", "[::1]:80",
    ] {
      var driver = StayDriver()
      driver.feed(.start)
      driver.own(StayDriver.channel)
      #expect(driver.server(endpoint).isEmpty, "\(endpoint)")
    }
    #expect(
      VoiceURL.connecting(to: "127.0.0.1:80", allowsLoopback: true) == "ws://127.0.0.1:80/?v=8")
    #expect(
      VoiceURL.connecting(to: "localhost:80", allowsLoopback: true, usesTLSOnLoopback: true)
        == "wss://localhost:80/?v=8")
    #expect(
      VoiceURL.connecting(to: "x.discord.media:2048", allowsLoopback: false)
        == "wss://x.discord.media:2048/?v=8")
  }

  @Test func leavesAtAnyTime() {
    var driver = StayDriver()
    driver.feed(.start)
    #expect(driver.feed(.leave).deeds == ["drop", "op4 null", "end left"])

    var live = StayDriver.live()
    #expect(
      live.feed(.leave).deeds == ["close 1000", "gap 0 left", "drop", "op4 null", "end left"])
    #expect(live.open.isEmpty)
    #expect(live.feed(.leave).isEmpty)
  }

  @Test func tokenIsNotPrinted() {
    let info = VoiceServerInfo(endpoint: "a.discord.media", token: "SECRET")
    #expect(!"\(info)".contains("SECRET"))
  }
}
