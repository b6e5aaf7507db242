import DiscordREST
import JSONValues
import RTP
import Synchronization
import VoiceCrypto
import WebSocket

@testable import DiscordVoice

/// As much of a voice server as a client needs, on this host: no encryption between members.
final class FakeVoiceServer: Sendable {
  private struct State {
    var connections: [WebSocketConnection] = []
    var messages: [JSONValue] = []
    var datagrams: [[UInt8]] = []
    var client: DatagramAddress?
    var refusesResume = false
    var discoveries = 0
    /// What is added to a client's port: a translator on the way.
    var portShift: UInt16 = 0
  }

  /// The UDP side, which answers with itself.
  private final class Port: Sendable {
    let server = Mutex<DatagramServer?>(nil)
  }

  static let ssrc: UInt32 = 4242
  static let key = [UInt8](0..<32)
  static let mode = TransportMode.xchacha20

  private let state = Mutex(State())
  private let heartbeatInterval: Int64
  private let port = Port()
  private let webSocket = Mutex<WebSocketServer?>(nil)

  var endpoint: String { "127.0.0.1:\(webSocket.withLock { $0?.port ?? 0 })" }
  var messages: [JSONValue] { state.withLock(\.messages) }
  var datagrams: [[UInt8]] { state.withLock(\.datagrams) }
  func ops() -> [Int64] { messages.compactMap { $0["op"]?.integer }.filter { $0 != 3 } }

  private init(heartbeatInterval: Int64) { self.heartbeatInterval = heartbeatInterval }

  /// - Parameter heartbeatInterval: milliseconds.
  static func start(heartbeatInterval: Int64 = 2000) async throws -> FakeVoiceServer {
    let fake = FakeVoiceServer(heartbeatInterval: heartbeatInterval)
    let udp = try DatagramServer { [weak fake] datagram, source, _ in
      fake?.received(datagram, source)
    }
    fake.port.server.withLock { $0 = udp }
    let server = try await WebSocketServer.start(
      upgrade: { _ in .accept() },
      webSocket: { [weak fake] connection, _ in await fake?.serve(connection) },
      http: { _ in HTTPServerResponse(status: 404) })
    fake.webSocket.withLock { $0 = server }
    return fake
  }

  func stop() async {
    await webSocket.withLock { $0 }?.stop()
    port.server.withLock { $0 }?.close()
  }

  func refuseResume() { state.withLock { $0.refusesResume = true } }

  /// Questions of IP discovery that were answered.
  var discoveries: Int { state.withLock(\.discoveries) }

  /// From now on clients are seen at another port than theirs.
  func remap() { state.withLock { $0.portShift += 1 } }

  /// Closes the newest WebSocket.
  func close(_ code: UInt16) async {
    await state.withLock(\.connections.last)?.close(code: code)
  }

  /// Drops it without a word.
  func drop() { state.withLock(\.connections.last)?.abort() }

  func send(_ op: Int64, _ data: JSONValue) async {
    let message: JSONValue = ["op": .integer(op), "d": data]
    try? await state.withLock(\.connections.last)?.send(.text(message.text()))
  }

  /// A datagram to the client that was heard last.
  func send(_ datagram: [UInt8]) {
    guard let client = state.withLock(\.client) else { return }
    port.server.withLock { $0 }?.send(datagram.span, to: client)
  }

  private func received(_ datagram: Span<UInt8>, _ source: DatagramAddress) {
    if let question = try? IPDiscovery(parsing: datagram), question.kind == .request {
      let shift = state.withLock { state in
        state.client = source
        state.discoveries += 1
        return state.portShift
      }
      let answer = IPDiscovery.response(
        ssrc: question.ssrc, address: source.host, port: source.port &+ shift
      ).encoded()
      port.server.withLock { $0 }?.send(answer.span, to: source)
      return
    }
    var bytes: [UInt8] = []
    for index in 0..<datagram.count { bytes.append(datagram[index]) }
    state.withLock { $0.datagrams.append(bytes) }
  }

  private func serve(_ connection: WebSocketConnection) async {
    state.withLock { $0.connections.append(connection) }
    func say(_ op: Int64, _ data: JSONValue) async {
      let message: JSONValue = ["op": .integer(op), "d": data]
      try? await connection.send(.text(message.text()))
    }
    await say(8, ["heartbeat_interval": .integer(heartbeatInterval)])
    do {
      for try await message in connection.messages {
        guard case .text(let text) = message,
          let json = try? JSONValue(parsing: Array(text.utf8))
        else { continue }
        state.withLock { $0.messages.append(json) }
        switch json["op"]?.integer {
        case 0:
          let udp = port.server.withLock { $0?.address.port ?? 0 }
          await say(
            2,
            [
              "ssrc": .integer(Int64(Self.ssrc)), "ip": "127.0.0.1",
              "port": .integer(Int64(udp)), "modes": [.string(Self.mode.rawValue)],
            ])
        case 1:
          await say(
            4,
            [
              "mode": .string(Self.mode.rawValue), "dave_protocol_version": 0,
              "secret_key": .array(Self.key.map { .integer(Int64($0)) }),
            ])
        case 3: await say(6, ["t": json["d"]?["t"] ?? .null])
        case 7:
          if state.withLock(\.refusesResume) {
            await connection.close(code: 4006)
          } else {
            await say(9, nil)
          }
        default: break
        }
      }
    } catch {}
  }
}

/// Somebody else's main gateway.
final class ForeignGateway: VoiceSignaling {
  static let user: ID<User> = 900
  private let signals = Mutex<[AsyncStream<VoiceSignal>.Continuation]>([])
  private let asked = Mutex<[ID<Channel>?]>([])
  private let endpoint: @Sendable () -> String

  init(endpoint: @escaping @Sendable () -> String) { self.endpoint = endpoint }

  var userID: ID<User> { Self.user }

  /// The channels of op 4.
  var requests: [ID<Channel>?] { asked.withLock { $0 } }

  func sendVoiceState(
    guild: ID<Guild>, channel: ID<Channel>?, selfMute: Bool, selfDeaf: Bool
  ) {
    let count = asked.withLock { asked in
      asked.append(channel)
      return asked.count
    }
    own(channel, session: "session \(count)")
    if channel != nil { tell(.voiceServer(endpoint: endpoint(), token: "token \(count)")) }
  }

  func voiceSignals(in guild: ID<Guild>) -> AsyncStream<VoiceSignal> {
    AsyncStream { continuation in
      continuation.yield(.connected(sessionLost: false))
      signals.withLock { $0.append(continuation) }
    }
  }

  func own(_ channel: ID<Channel>?, session: String) {
    tell(
      .voiceState([
        "user_id": Self.user.json, "channel_id": channel?.json ?? .null,
        "session_id": .string(session),
      ]))
  }

  func tell(_ signal: VoiceSignal) {
    for continuation in signals.withLock({ $0 }) { continuation.yield(signal) }
  }
}
