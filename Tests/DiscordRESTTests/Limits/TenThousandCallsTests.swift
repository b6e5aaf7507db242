internal import DiscordREST
internal import Synchronization
internal import TestSupport
internal import Testing

/// 10,000 overlapping calls against a server that enforces Discord's rules: no refusal once the
/// routes are known, and hardly longer than the limits themselves allow.
@Suite struct TenThousandCallsTests {
  /// When every route has been answered at least once.
  private static let warmUp: Duration = .seconds(1)

  @Test(arguments: [
    (channels: 5, cancelled: 0), (20, 0), (60, 0), (400, 0), (20, 20), (60, 20), (400, 20),
  ])
  func pureLimiter(channels: Int, cancelled: Int) {
    var random = SplitMix64(seed: UInt64(channels + cancelled))
    let workload = Workload(count: 10_000, channels: channels, random: &random)
    let simulation = LimiterSimulation(
      workload: workload, seed: UInt64(channels), cancelledPercent: cancelled)
    let result = simulation.run()
    let ideal = Workload.ideal(
      result.served.map { workload.calls[$0] }, roundTrip: .milliseconds(40))
    print(
      "limiter, \(channels) channels, \(cancelled) % cancelled: \(result.finished) calls in "
        + "\(result.end), ideal \(ideal), ratio \(result.end / ideal), 429 of buckets: "
        + "\(result.server.refusals.bucket), the last at \(result.server.refusals.last)")
    #expect(result.finished + result.cancelled == 10_000)
    #expect(result.server.refusals.global == 0)
    #expect(result.server.refusals.last < Self.warmUp)
    #expect(result.end <= ideal * 1.1)
    #expect(result.limiter.waitingCount == 0)
  }

  /// Requests whose fate nobody knows: still no deadlock, and hardly a refusal.
  @Test(arguments: [1, 2] as [UInt64])
  func lostRequests(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let workload = Workload(count: 10_000, channels: 60, random: &random)
    let result = LimiterSimulation(
      workload: workload, seed: seed, cancelledPercent: 10, lostPercent: 5
    ).run()
    let ideal = Workload.ideal(
      result.served.map { workload.calls[$0] }, roundTrip: .milliseconds(40))
    #expect(result.finished + result.cancelled == 10_000)
    #expect(result.server.refusals.bucket <= 10)
    #expect(result.end <= ideal * 1.15)
  }

  /// The same through `DiscordClient`: concurrent tasks, a transport without sockets, virtual time.
  @Test(.timeLimit(.minutes(5)), arguments: [0, 10])
  func client(cancelledPercent: Int) async throws {
    var random = SplitMix64(seed: 7)
    let workload = Workload(count: 10_000, channels: 60, random: &random)
    let cancellations: [Duration?] = workload.calls.map { _ in
      Int.random(in: 0..<100, using: &random) < cancelledPercent
        ? .milliseconds(Int.random(in: 0..<60_000, using: &random)) : nil
    }
    let outcome = try await VirtualTime.run { clock, executor in
      let transport = EnforcingTransport(workload: workload, clock: clock)
      var configuration = DiscordClient.Configuration()
      configuration.totalDeadline = .seconds(3600)
      let client = DiscordClient(
        credential: try DiscordCredential(botToken: "token"), transport: transport,
        configuration: configuration, clock: clock, random: SplitMix64(seed: 1),
        timerExecutor: executor)
      let finished = try await withThrowingTaskGroup(of: Bool.self) { group in
        for (call, cancellation) in zip(workload.calls, cancellations) {
          group.addTask {
            guard let cancellation else {
              _ = try await client.request(call.method, call.path)
              return true
            }
            return try await Self.race(client, call, clock, cancellation)
          }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      return (finished, clock.now.offset, transport.state.withLock { $0 }, client.waiterCount)
    }
    let (finished, end, state, waiters) = outcome
    let ideal = Workload.ideal(state.served, roundTrip: .milliseconds(40))
    print(
      "client, \(cancelledPercent) % cancelled: \(finished) calls in \(end), ideal \(ideal), ratio "
        + "\(end / ideal), 429 of buckets: \(state.server.refusals.bucket), the last at "
        + "\(state.server.refusals.last)")
    #expect(finished >= 10_000 - cancellations.count { $0 != nil })
    #expect(state.server.refusals.global == 0)
    #expect(state.server.refusals.last < Self.warmUp)
    #expect(end <= ideal * 1.1)
    #expect(waiters == 0)
  }

  /// Makes the call unless the time comes first; whether it was made.
  private static func race(
    _ client: DiscordClient, _ call: Workload.Call, _ clock: ManualClock, _ cancellation: Duration
  ) async throws -> Bool {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        do {
          _ = try await client.request(call.method, call.path)
          return true
        } catch is CancellationError {
          return false
        }
      }
      group.addTask {
        try? await clock.sleep(until: ManualClock.Instant(offset: cancellation))
        return false
      }
      let first = try await group.next() ?? false
      group.cancelAll()
      // The call may have been made in the same moment.
      let second = try await group.next() ?? false
      return first || second
    }
  }
}

/// The enforcing server behind a transport whose ways take time.
final class EnforcingTransport: HTTPTransport {
  struct State {
    var server = EnforcingServer()
    var random = SplitMix64(seed: 3)
    var served: [Workload.Call] = []
  }

  let state = Mutex(State())
  private let calls: [String: Workload.Call]
  private let clock: ManualClock

  init(workload: Workload, clock: ManualClock) {
    calls = Dictionary(workload.calls.map { ($0.method.rawValue + $0.path, $0) }) { first, _ in
      first
    }
    self.clock = clock
  }

  func execute(
    _ request: HTTPRequestDescription, maximumBodyBytes: Int, timeout: Duration
  ) async throws -> HTTPResponseDescription {
    try await clock.sleep(for: way())
    let path = request.url.dropFirst("https://discord.com/api/v10".count)
    guard let call = calls[request.method.rawValue + path] else {
      return HTTPResponseDescription(status: 404)
    }
    let now = clock.now.offset
    let response = state.withLock { state in
      let response = state.server.answer(
        rule: call.rule, resource: call.resource, isGlobal: call.isGlobal, at: now)
      if response.status == 200 { state.served.append(call) }
      return response
    }
    try await clock.sleep(for: way())
    return response
  }

  private func way() -> Duration {
    state.withLock { .microseconds(Int.random(in: 20_000...50_000, using: &$0.random)) }
  }
}
