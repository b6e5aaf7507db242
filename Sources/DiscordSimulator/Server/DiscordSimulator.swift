internal import NIOConcurrencyHelpers
internal import Synchronization

/// A Discord on this machine: a world, the REST API and the gateway over it.
///
/// What it does follows Discord's public documentation. Faults are data, the clock is passed in.
package final class DiscordSimulator: Sendable {
  /// Where the simulator listens.
  package struct Addresses: Sendable {
    /// The API's base, such as `http://127.0.0.1:4000/api/v10`.
    package var apiBase: String
    /// The gateway, such as `ws://127.0.0.1:4000/gateway`.
    package var gateway: String
    /// The port.
    package var port: Int
  }

  /// What happens to a call.
  package enum Outcome: Sendable {
    /// It is answered, after a delay.
    case answer(SimulatedResponse, delay: Duration = .zero)
    /// The connection is reset.
    case reset
  }

  struct State {
    var world: World
    var limits: RateLimitRules
    var faults: FaultPlan
    var log = RequestLog()
    var gateway = GatewayConnections()
    var voice = VoiceConnections()
  }

  /// The clock of the world.
  package let clock: SimulatorClock
  let state: NIOLockedValueBox<State>
  /// When the simulator was made: the gateway's time begins here.
  let gatewayStart: World.Time
  /// What runs while it listens.
  let listening = NIOLockedValueBox<Listening?>(nil)
  /// Tells the gateway's timer that its next deadline is another.
  let gatewayDeadlines = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

  /// What speech goes through. Its lock is taken last.
  let forwarder: Mutex<VoiceForwarder>
  /// Who waits for scripted speakers to be over.
  let speakerWaits = NIOLockedValueBox(SpeakerWaits())
  /// Where datagrams come and go, while the simulator listens.
  let datagramPort = NIOLockedValueBox<VoiceDatagramPort?>(nil)
  let voiceListening = NIOLockedValueBox<VoiceListening?>(nil)
  /// Tells the timer of voice that something is due earlier.
  let voiceDeadlines = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

  /// A simulator of a world, which does not listen yet.
  package init(
    world: World = World(), clock: SimulatorClock, rateLimits: RateLimitRules = RateLimitRules(),
    faults: FaultPlan = FaultPlan(), gatewayRules: GatewayRules = GatewayRules(),
    voiceRules: VoiceRules = VoiceRules()
  ) {
    self.clock = clock
    gatewayStart = clock.now
    var state = State(world: world, limits: rateLimits, faults: faults)
    state.gateway.server.rules = gatewayRules
    state.voice.server = VoiceServer(rules: voiceRules)
    forwarder = Mutex(VoiceForwarder(rules: voiceRules))
    self.state = NIOLockedValueBox(state)
  }

  /// The world as it is now.
  package var world: World { state.withLockedValue { $0.world } }

  /// The calls so far, in order; the latest of them if they are more than 100,000 or 64 MiB.
  package var requests: [LoggedRequest] { state.withLockedValue { $0.log.latest } }

  /// How many calls there were so far.
  package var requestCount: Int { state.withLockedValue { $0.log.count } }

  /// Changes the world; the gateway's sessions hear of it.
  @discardableResult
  package func mutate<T: Sendable>(_ change: (inout World, World.Time) throws -> T) rethrows -> T {
    try withGateway { state, _ in try change(&state.world, clock.now) }
  }

  /// Adds a fault.
  package func inject(_ fault: Fault) {
    state.withLockedValue { $0.faults.add(fault) }
  }

  /// Takes back all faults that did not happen yet.
  package func clearFaults() {
    state.withLockedValue { $0.faults = FaultPlan() }
  }
}
