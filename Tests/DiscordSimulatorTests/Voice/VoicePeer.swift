import DAVE
import DAVEFrames
import DiscordSimulator
import JSONValues
import NIOCore
import NIOPosix
import RTP
import Synchronization
import Testing
import VoiceCrypto
import WebSocket

/// A light voice client: takes part in the DAVE group, keeps all messages and datagrams.
final class VoicePeer: Sendable {
  struct Invitation: Sendable {
    var guild: UInt64
    var user: UInt64
    var sessionID: String
    var token: String
    var endpoint: String
  }

  /// A frame that came, opened as far as could be.
  struct Heard: Sendable {
    var ssrc: UInt32
    var sequence: UInt16
    var timestamp: UInt32
    var hasExtension: Bool
    var hasPadding: Bool
    /// Nil when it would not open.
    var opus: [UInt8]?
  }

  struct State {
    var dave: DAVESession
    var random = SystemRandomNumberGenerator()
    var messages: [JSONValue] = []
    var binaryOps: [UInt8] = []
    var lastSequence = -1
    var answersReady = true
    var datagrams: [[UInt8]] = []
    var epochs: [DAVEEpochKeys] = []
    var executed: [Int64] = []
    var isEnded = false
    var closeCode: UInt16?
    var ssrc: UInt32 = 0
    var remote: SocketAddress?
    var udp: (any Channel)?
    var own: IPDiscovery?
    var mode = TransportMode.aes256GCM
    var key: [UInt8] = []
    var nonce: UInt32 = 0
    var channel: UInt64 = 0
  }

  let invitation: Invitation
  let connection: WebSocketConnection
  let state: Mutex<State>

  private init(_ invitation: Invitation, _ connection: WebSocketConnection) {
    self.invitation = invitation
    self.connection = connection
    var random = SystemRandomNumberGenerator()
    state = Mutex(State(dave: DAVESession(user: invitation.user, using: &random)))
  }

  static func connect(
    _ invitation: Invitation, query: String = "v=8"
  ) async throws -> VoicePeer {
    let connection = try await WebSocketClient.connect(
      to: "ws://\(invitation.endpoint)/?\(query)")
    let peer = VoicePeer(invitation, connection)
    Task { await peer.read() }
    return peer
  }

  var ssrc: UInt32 { state.withLock { $0.ssrc } }
  var closeCode: UInt16? { state.withLock { $0.closeCode } }
  var isEnded: Bool { state.withLock { $0.isEnded } }
  var epochs: [DAVEEpochKeys] { state.withLock { $0.epochs } }

  func messages(_ op: Int) -> [JSONValue] {
    state.withLock { $0.messages }.filter { $0["op"] == .integer(Int64(op)) }
      .map { $0["d"] ?? .null }
  }

  func binaries(_ op: UInt8) -> Int { state.withLock { $0.binaryOps }.count { $0 == op } }

  /// The SSRC of a user, by op 5.
  func ssrc(of user: UInt64) -> UInt32? {
    messages(5).last { $0["user_id"] == .string(String(user)) }?["ssrc"]?.integer
      .flatMap { UInt32(exactly: $0) }
  }

  func send(_ op: Int, _ data: JSONValue) async throws {
    let payload: JSONValue = ["op": .integer(Int64(op)), "d": data]
    try await connection.send(.text(payload.text()))
  }

  /// Op 0, until READY.
  func identify(dave: Int64? = 1, token: String? = nil) async throws {
    var data: [String: JSONValue] = [
      "server_id": .string(String(invitation.guild)), "user_id": .string(String(invitation.user)),
      "session_id": .string(invitation.sessionID), "token": .string(token ?? invitation.token),
    ]
    if let dave { data["max_dave_protocol_version"] = .integer(dave) }
    try await send(0, .object(data))
    try await until("READY comes") { isEnded || !messages(2).isEmpty }
    guard let ready = messages(2).first else { return }
    let address = try SocketAddress(
      ipAddress: ready["ip"]?.string ?? "", port: Int(ready["port"]?.integer ?? 0))
    state.withLock { state in
      state.ssrc = UInt32(ready["ssrc"]?.integer ?? 0)
      state.remote = address
    }
  }

  /// Discovery and op 1, until op 4.
  func describe(mode: String, channel: UInt64) async throws {
    let udp = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Receiver(peer: self))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    state.withLock { $0.udp = udp }
    try await datagram(IPDiscovery.request(ssrc: ssrc).encoded())
    try await until("the discovery is answered") { state.withLock { $0.own } != nil }
    let own = try #require(state.withLock { $0.own })
    #expect(Int(own.port) == udp.localAddress?.port && own.address == "127.0.0.1")
    let data: JSONValue = [
      "protocol": "udp",
      "data": [
        "address": .string(own.address), "port": .integer(Int64(own.port)),
        "mode": .string(mode),
      ],
    ]
    state.withLock { state in
      _ = state.dave.handle(.identified(connection: 0), at: 0, using: &state.random)
      state.channel = channel
    }
    try await send(1, data)
    try await until("op 4 comes") { isEnded || !messages(4).isEmpty }
  }

  /// Op 7.
  func resume(after sequence: Int) async throws {
    try await send(
      7,
      [
        "server_id": .string(String(invitation.guild)),
        "session_id": .string(invitation.sessionID), "token": .string(invitation.token),
        "seq_ack": .integer(Int64(sequence)),
      ])
  }

  func datagram(_ bytes: [UInt8]) async throws {
    let (udp, remote) = state.withLock { ($0.udp, $0.remote) }
    let channel = try #require(udp)
    try await channel.writeAndFlush(
      AddressedEnvelope(remoteAddress: try #require(remote), data: ByteBuffer(bytes: bytes))
    ).get()
  }

  /// Sends an Opus packet as it is, in the transport encryption only.
  func speak(_ payload: [UInt8], sequence: UInt16) async throws {
    let bytes = try state.withLock { state in
      var header: [UInt8] = []
      RTPHeader(
        payloadType: 120, sequenceNumber: sequence, timestamp: UInt32(sequence) &* 960,
        ssrc: state.ssrc
      ).encode(into: &header)
      var cipher = try TransportCipher(mode: state.mode, key: state.key)
      state.nonce += 1
      var packet: [UInt8] = []
      try cipher.seal(
        header: header.span, plaintext: payload.span, nonce: state.nonce, into: &packet)
      return packet
    }
    try await datagram(bytes)
  }

  func leave() async {
    await connection.close(code: 1000)
    try? await state.withLock { $0.udp }?.close().get()
  }
}
