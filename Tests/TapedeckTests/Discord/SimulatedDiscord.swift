internal import DiscordSimulator
internal import Foundation
internal import JSONValues
internal import SystemPackage
internal import Testing
internal import WebSocket

/// A simulator that listens, and the built program run against it.
struct SimulatedDiscord: Sendable {
  let simulator: DiscordSimulator
  let ids: World.Sample
  let apiBase: String
  let sandbox: Sandbox

  /// Gives `body` a running simulator of the sample world, after `change`.
  static func run(
    tls: WebSocketServer.TLSIdentity? = nil,
    _ change: (inout World, World.Sample, World.Time) -> Void = { _, _, _ in },
    _ body: (SimulatedDiscord) async throws -> Void
  ) async throws {
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    var (world, ids) = World.sample(now: now)
    change(&world, ids, now)
    // Runs follow each other closely: that Discord makes calls and sessions wait is the business of
    // the tests of REST and gateway.
    var gatewayRules = GatewayRules()
    gatewayRules.identifyWindow = .zero
    let simulator = DiscordSimulator(
      world: world, clock: SimulatorClock(ContinuousClock(), start: now),
      rateLimits: RateLimitRules(.off), gatewayRules: gatewayRules)
    let addresses = try await simulator.start(tls: tls)
    do {
      try await body(
        SimulatedDiscord(
          simulator: simulator, ids: ids, apiBase: addresses.apiBase, sandbox: try Sandbox()))
      await simulator.stop()
    } catch {
      await simulator.stop()
      throw error
    }
  }

  /// Runs the program on a thread of its own: the simulator answers on those of the test.
  ///
  /// - Parameters:
  ///   - token: For `DISCORD_BOT_TOKEN`; the sample's bot by default.
  ///   - input: For standard input.
  func callAsFunction(
    _ arguments: [String], token: String? = nil, input: String = "",
    environment: [String: String] = [:]
  ) async throws -> Tool.Result {
    let variables = self.environment(token: token, environment)
    // The last would win. Long enough for a machine that is busy with other tests.
    let timeout = arguments.contains("--timeout") ? [] : ["--timeout", "60s"]
    let all = arguments + ["--api-base", apiBase] + timeout
    return try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Swift.Result { try Tool.run(all, input: input, environment: variables) })
      }
    }
  }

  /// The environment of a run: folders in the sandbox, and the token.
  func environment(token: String? = nil, _ more: [String: String] = [:]) -> [String: String] {
    var variables = [
      "HOME": sandbox.path.string, "XDG_CONFIG_HOME": sandbox("config").string,
      "XDG_DATA_HOME": sandbox("data").string, "TAPEDECK_KEYS": sandbox("keys").string,
      "XDG_STATE_HOME": sandbox("state").string, "XDG_RUNTIME_DIR": sandbox.path.string,
    ]
    if token != "" { variables["DISCORD_BOT_TOKEN"] = token ?? ids.botToken }
    variables.merge(more) { $1 }
    return variables
  }

  /// A run that goes on, with its standard input closed.
  ///
  /// - Parameter shell: A script that is to `exec "$@"`.
  func start(
    _ arguments: [String], token: String? = nil, shell: String? = nil,
    environment more: [String: String] = [:]
  ) throws -> Tool.Running {
    let running = try Tool.Running(
      arguments + ["--api-base", apiBase], keys: nil, shell: shell,
      environment: environment(token: token, more))
    try running.input.fileHandleForWriting.close()
    return running
  }

  /// Runs the program for each of the cases, several at a time, and then checks what came of it.
  func each<Case: Sendable>(
    _ cases: [Case], _ arguments: (Case) -> [String],
    check: (Case, Tool.Result) throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: (Int, Tool.Result).self) { group in
      var waiting = cases.indices.makeIterator()
      func start() {
        guard let index = waiting.next() else { return }
        let arguments = arguments(cases[index])
        group.addTask { (index, try await self(arguments)) }
      }
      for _ in 0..<4 { start() }
      for try await (index, result) in group {
        start()
        try check(cases[index], result)
      }
    }
  }

  func discord(_ arguments: String..., input: String = "") async throws -> Tool.Result {
    try await self(["discord"] + arguments, input: input)
  }

  /// Standard output as JSON, of a run that must succeed.
  func json(_ arguments: String..., input: String = "") async throws -> JSONValue {
    let result = try await self(["discord"] + arguments + ["--json"], input: input)
    try #require(result.status == 0, "\(arguments): \(result.errors)")
    #expect(result.errors.isEmpty, "\(result.errors)")
    return try JSONValue(parsing: [UInt8](result.output.utf8))
  }

  /// The error on standard error, of a run that must fail so.
  func failure(
    _ arguments: String..., exit: Int32, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> JSONValue {
    let result = try await self(["discord"] + arguments + ["--json"])
    #expect(
      result.status == exit, "\(arguments): \(result.output) \(result.errors)",
      sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, sourceLocation: sourceLocation)
    let json = try JSONValue(parsing: [UInt8](result.errors.utf8))
    return try #require(json["error"], "\(result.errors)", sourceLocation: sourceLocation)
  }

  func text(_ id: World.ID) -> String { "\(id)" }
}
