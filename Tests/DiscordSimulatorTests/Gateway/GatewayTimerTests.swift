import DiscordSimulator
import JSONValues
import TestSupport
import Testing
import WebSocket

/// What the gateway does by itself, on a clock moved by hand.
@Suite(.timeLimit(.minutes(1))) struct GatewayTimerTests {
  @Test func whoSendsNoHeartbeatIsThrownOut() async throws {
    let clock = ManualClock()
    try await GatewayScene.run(clock: clock) { scene in
      var (peer, _) = try await scene.ready(intents: 0)
      try await clock.waitForSleepers(1)
      clock.advance(by: .seconds(30))
      try await peer.send(1, 1)
      _ = try await peer.next("op 11")
      // Tolerated until 30 + 41.25 + 20 s.
      clock.advance(by: .seconds(61))
      try await peer.send(1, 1)
      _ = try await peer.next("op 11")
      await advance(clock, by: .milliseconds(61_250)) {
        scene.simulator.gatewayStatistics.closes[4009] == 1
      }
      #expect(try await peer.closeCode() == 4009)
    }
  }

  @Test func sessionsEndWhenNobodyResumesThem() async throws {
    let clock = ManualClock()
    try await GatewayScene.run(clock: clock) { scene in
      let (peer, _) = try await scene.ready(intents: 0)
      peer.connection.abort()
      while scene.simulator.gatewaySessions.first?.isConnected != false { await Task.yield() }
      await advance(clock, by: .seconds(180)) { scene.simulator.gatewaySessions.isEmpty }
    }
  }

  @Test func helloIsLate() async throws {
    let clock = ManualClock()
    try await GatewayScene.run(clock: clock) { scene in
      scene.simulator.inject(GatewayFault(.now, .lateHello(.seconds(5))))
      var peer = try await scene.connect()
      // The timer's sleep and the late HELLO's.
      try await clock.waitForSleepers(2)
      clock.advance(by: .seconds(5))
      _ = try await peer.next("op 10")
      await peer.connection.close()
    }
  }

  /// Moves the clock, again and again if the timer has not looked at its new deadline yet.
  private func advance(_ clock: ManualClock, by time: Duration, until holds: () -> Bool) async {
    clock.advance(by: time)
    while !holds() {
      await Task.yield()
      if clock.sleepers > 0, !holds() { clock.advance(by: .milliseconds(1)) }
    }
  }
}
