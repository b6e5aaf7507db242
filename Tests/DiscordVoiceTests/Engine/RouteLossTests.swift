import DiscordREST
import JSONValues
import TestSupport
import Testing

@testable import DiscordVoice

/// The way of the media is lost without a word, as when an address translator forgets us: by the
/// engine's own clock, over real sockets.
@Suite(.timeLimit(.minutes(1))) struct RouteLossTests {
  private struct Scene: Sendable {
    let server: FakeVoiceServer
    let observer = ListeningObserver()
    let clock = ManualClock()
    let session: VoiceSession

    static func join() async throws -> Scene {
      // Longer than the test's time, so that no heartbeat needs its answer in time.
      let server = try await FakeVoiceServer.start(heartbeatInterval: 3_600_000)
      let scene = Scene(server: server)
      try await scene.session.join()
      return scene
    }

    private init(server: FakeVoiceServer) {
      self.server = server
      var configuration = VoiceConfiguration(guild: 100, channel: 200)
      configuration.allowsLoopback = true
      session = VoiceSession(
        configuration, signaling: ForeignGateway { server.endpoint }, observer: observer,
        clock: clock)
    }

    /// Lets so many seconds pass; the engine looks at some of them at least.
    func pass(seconds: Int) async throws {
      for _ in 0..<seconds {
        try await clock.waitForSleepers()
        clock.advance(by: .seconds(1))
      }
    }

    /// Lets seconds pass until something is so.
    func pass(until isSo: () -> Bool) async throws {
      while !isSo() {
        try await pass(seconds: 1)
        try await Task.sleep(for: .milliseconds(2))
      }
    }

    func sayThatSomebodySpeaks(_ user: Int = 7) async {
      await server.send(5, ["user_id": .string("\(user)"), "ssrc": 8, "speaking": 1])
      await observer.wait { $0.words.contains("speaking \(user) 8") }
    }

    func end() async {
      await session.leave()
      await server.stop()
    }
  }

  @Test func silenceAloneAsksForNothing() async throws {
    let scene = try await Scene.join()
    try await scene.pass(seconds: 60)
    #expect(scene.server.discoveries == 1)
    #expect(scene.observer.heard.words == ["server", "connected 0"])
    await scene.end()
  }

  @Test func silentWhileTheGatewaySaysSpeechAsksAgainAndStaysWhereTheWayIsAsItWas() async throws {
    let scene = try await Scene.join()
    await scene.sayThatSomebodySpeaks()
    try await scene.pass(seconds: 4)
    #expect(scene.server.discoveries == 1)
    try await scene.pass { scene.server.discoveries == 2 }
    #expect(scene.observer.heard.words.last == "silent")
    // The answer itself is something that came.
    try await scene.pass(seconds: 60)
    #expect(scene.server.discoveries == 2)
    #expect(scene.session.connection?.number == 0)
    await scene.end()
  }

  @Test func anotherAddressFromOutsideIsAnotherConnectionOverAnotherSocket() async throws {
    let scene = try await Scene.join()
    let before = try #require(scene.session.connection)
    await scene.sayThatSomebodySpeaks()
    scene.server.remap()
    try await scene.pass { scene.server.discoveries == 2 }
    await scene.observer.wait { $0.words.contains("connected 1") }
    let after = try #require(scene.session.connection)
    #expect(after.local != before.local && after.mapped != before.mapped)
    #expect(after.mapped != after.local)
    #expect(scene.observer.heard.words.contains("gap 0 address_changed"))
    scene.server.send([1, 2, 3])
    await scene.observer.wait { $0.received.contains([1, 2, 3]) }
    await scene.end()
  }
}
