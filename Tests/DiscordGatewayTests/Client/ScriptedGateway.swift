import DiscordGateway
import DiscordREST
import JSONValues
import Logging
import Synchronization
import TestSupport
import Testing

/// Connections that a test plays the gateway on.
final class ScriptedGateway: GatewayConnector {
  struct Refused: Error {}

  private let sockets: AsyncStream<ScriptedSocket>
  private let opened: AsyncStream<ScriptedSocket>.Continuation
  private let refusals = Mutex(0)
  private let attempts = Mutex(0)

  init() { (sockets, opened) = AsyncStream.makeStream() }

  /// Refuses the next connections.
  func refuse(_ count: Int) { refusals.withLock { $0 = count } }

  var attemptCount: Int { attempts.withLock { $0 } }

  func connect(to url: String) async throws -> any GatewaySocket {
    attempts.withLock { $0 += 1 }
    let isRefused = refusals.withLock { count in
      defer { count = max(0, count - 1) }
      return count > 0
    }
    if isRefused { throw Refused() }
    let socket = ScriptedSocket(url: url)
    opened.yield(socket)
    return socket
  }

  /// The next connection of the client.
  func accept() async throws -> ScriptedSocket {
    for await socket in sockets { return socket }
    throw CancellationError()
  }

  /// The next connection, up to a live session.
  func acceptSession(_ session: String = "S") async throws -> ScriptedSocket {
    let socket = try await accept()
    socket.hello()
    let identify = try await socket.next()
    try #require(identify["op"] == 2)
    socket.ready(session: session)
    return socket
  }
}

/// One of them.
final class ScriptedSocket: GatewaySocket {
  private enum Incoming: Sendable {
    case frame(GatewayFrame), closed(UInt16), lost
  }

  let url: String
  private let incoming: AsyncStream<Incoming>
  private let toClient: AsyncStream<Incoming>.Continuation
  private let outgoing: AsyncStream<JSONValue>
  private let fromClient: AsyncStream<JSONValue>.Continuation
  private let closedWith = Mutex<UInt16?>(nil)
  private let isStalled = Mutex(false)
  private let (never, holdsNever) = AsyncStream<Void>.makeStream()

  init(url: String) {
    self.url = url
    (incoming, toClient) = AsyncStream.makeStream()
    (outgoing, fromClient) = AsyncStream.makeStream()
  }

  func read(_ body: (GatewayFrame) async -> Void) async throws -> UInt16? {
    for await item in incoming {
      switch item {
      case .frame(let frame): await body(frame)
      case .closed(let code): return code
      case .lost: throw ScriptedGateway.Refused()
      }
    }
    return nil
  }

  func send(_ text: String) async throws {
    if isStalled.withLock(\.self) { for await _ in never {} }
    fromClient.yield(try JSONValue(parsing: Array(text.utf8)))
  }

  func close(code: UInt16) async {
    closedWith.withLock { $0 = $0 ?? code }
    toClient.finish()
    fromClient.finish()
  }

  func abort() {
    toClient.finish()
    fromClient.finish()
  }

  /// From now on nothing that the client sends gets through.
  func stall() { isStalled.withLock { $0 = true } }

  /// The code that the client closed with.
  var code: UInt16? { closedWith.withLock { $0 } }

  /// The next payload of the client.
  func next() async throws -> JSONValue {
    for await payload in outgoing { return payload }
    throw CancellationError()
  }

  /// Returns when the client has closed or dropped the connection.
  func waitUntilClosed() async { for await _ in outgoing {} }

  func text(_ text: String) { toClient.yield(.frame(.text(text))) }
  func binary() { toClient.yield(.frame(.binary)) }
  func closeByServer(_ code: UInt16) { toClient.yield(.closed(code)) }
  func lose() { toClient.yield(.lost) }

  func send(op: Int, d: JSONValue) {
    text(JSONValue.object(["op": .integer(Int64(op)), "d": d]).text())
  }

  func event(_ name: String, _ sequence: Int, _ d: JSONValue) {
    text(
      JSONValue.object([
        "op": 0, "t": .string(name), "s": .integer(Int64(sequence)), "d": d,
      ]).text())
  }

  func hello() { send(op: 10, d: ["heartbeat_interval": 40_000]) }

  func ready(session: String = "S", guilds: JSONValue = []) {
    event(
      "READY", 1,
      [
        "session_id": .string(session), "resume_gateway_url": "wss://resume.discord.gg",
        "user": ["id": "1", "username": "recorder"], "application": ["id": "2"], "guilds": guilds,
      ])
  }

  func message(_ sequence: Int) {
    event(
      "MESSAGE_CREATE", sequence,
      [
        "id": .string("\(sequence)"), "channel_id": "7", "content": .string("text \(sequence)"),
        "author": ["id": "5", "username": "somebody"], "timestamp": "2026-11-24T09:00:00Z",
        "attachments": [], "embeds": [], "mentions": [], "type": 0,
      ])
  }
}

/// A client on a scripted gateway.
struct ClientBench {
  static let token = "MTAw.canary.dG9rZW4tY2FuYXJ5"

  let gateway = ScriptedGateway()
  let clock = ManualClock()
  let client: GatewayClient
  let log: RecordingLogHandler.Log

  init(
    intents: Intents = .recording, url: String? = GatewayURL.fallback,
    transport: any HTTPTransport = NoTransport(),
    _ change: (inout GatewayConfiguration) -> Void = { _ in }
  ) throws {
    let (logger, log) = RecordingLogHandler.makeLogger()
    self.log = log
    var configuration = GatewayConfiguration(intents: intents)
    configuration.url = url
    change(&configuration)
    client = GatewayClient(
      client: DiscordClient(
        credential: try DiscordCredential(botToken: Self.token), transport: transport,
        logger: logger, clock: clock),
      configuration: configuration, logger: logger, clock: clock, connector: gateway,
      random: SplitMix64(seed: 1))
  }

  /// Starts the client, up to a live session.
  func start() async throws -> ScriptedSocket {
    async let ready = client.start()
    let socket = try await gateway.acceptSession()
    _ = try await ready
    return socket
  }

  /// The next connection, with the waits before it gone.
  func acceptNext() async throws -> ScriptedSocket {
    let hurry = self.hurry()
    defer { hurry.cancel() }
    return try await gateway.accept()
  }

  /// Moves the clock on until cancelled.
  func hurry() -> Task<Void, Never> {
    Task { [clock] in
      while !Task.isCancelled {
        clock.advance(by: .milliseconds(200))
        try? await Task.sleep(for: .milliseconds(1))
      }
    }
  }
}

/// No network.
struct NoTransport: HTTPTransport {
  func execute(
    _ request: HTTPRequestDescription, maximumBodyBytes: Int, timeout: Duration
  ) async throws -> HTTPResponseDescription {
    throw HTTPTransportError(.notConnected, "no network")
  }
}
