import DAVE
import DAVEFrames
import DiscordSimulator
import JSONValues
import NIOCore
import RTP
import Synchronization
import VoiceCrypto
import WebSocket

extension VoicePeer {
  func read() async {
    do {
      for try await message in connection.messages {
        for answer in answers(to: message) { try await connection.send(answer) }
      }
    } catch {
      // `connection.end` tells.
    }
    state.withLock { state in
      state.isEnded = true
      state.closeCode = connection.end?.close?.code
    }
  }

  private func answers(to message: WebSocketMessage) -> [WebSocketMessage] {
    state.withLock { state in
      switch message {
      case .text(let text):
        guard let payload = try? JSONValue(parsing: text) else { return [] }
        state.messages.append(payload)
        if let number = payload["seq"]?.integer { state.lastSequence = Int(number) }
        return state.hear(payload)
      case .binary(let bytes):
        guard bytes.count > 3 else { return [] }
        state.binaryOps.append(bytes[2])
        state.lastSequence = Int(bytes[0]) << 8 | Int(bytes[1])
        let payload = Array(bytes[3...])
        let event: DAVEEvent? =
          switch bytes[2] {
          case 25: .externalSender(payload)
          case 27: .proposals(payload)
          case 29:
            .commit(
              transition: UInt16(payload[0]) << 8 | UInt16(payload[1]), Array(payload[2...]))
          case 30:
            .welcome(
              transition: UInt16(payload[0]) << 8 | UInt16(payload[1]), Array(payload[2...]))
          default: nil
          }
        return event.map { state.handle($0) } ?? []
      }
    }
  }

  /// What came by UDP, opened with every key there ever was.
  func heard() throws -> [Heard] {
    let (datagrams, mode, key, epochs) = state.withLock {
      ($0.datagrams, $0.mode, $0.key, $0.epochs)
    }
    var cipher = try TransportCipher(mode: mode, key: key)
    let openers = try epochs.flatMap { epoch in
      try epoch.senders.map { user, secret in
        (user: user, opener: try Opener(secret))
      }
    }
    var heard: [Heard] = []
    for datagram in datagrams {
      guard case .rtp(let header) = DatagramKind.classify(datagram.span) else { continue }
      var one = Heard(
        ssrc: header.ssrc, sequence: header.sequenceNumber, timestamp: header.timestamp,
        hasExtension: header.hasExtension, hasPadding: header.hasPadding)
      defer { heard.append(one) }
      var plaintext: [UInt8] = []
      let isOpen: Void? = try? cipher.open(
        datagram.span, authenticatedLength: header.authenticatedLength, into: &plaintext)
      guard isOpen != nil else { continue }
      var payload = Array(plaintext[header.extensionBodyLength...])
      payload.removeLast(
        payload.count - (try payloadWithoutPadding(payload.span, hasPadding: header.hasPadding)))
      guard payload.suffix(2) == [0xFA, 0xFA] else {
        one.opus = payload
        continue
      }
      let user = messages(5).last { $0["ssrc"] == .integer(Int64(header.ssrc)) }?["user_id"]
      for index in openers.indices.reversed()
      where .string(String(openers[index].user)) == user && one.opus == nil {
        one.opus = openers[index].opener.open(payload)
      }
    }
    return heard
  }

  private final class Opener {
    private var opener: FrameOpener
    init(_ secret: [UInt8]) throws { opener = try FrameOpener(baseSecret: secret) }

    func open(_ frame: [UInt8]) -> [UInt8]? {
      var output: [UInt8] = []
      let result: Void? = try? opener.open(frame.span, into: &output)
      return result == nil ? nil : output
    }
  }

  final class Receiver: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    private let peer: VoicePeer
    init(peer: VoicePeer) { self.peer = peer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = Array(unwrapInboundIn(data).data.readableBytesView)
      peer.state.withLock { state in
        if let discovery = try? IPDiscovery(parsing: bytes.span) {
          state.own = discovery
        } else {
          state.datagrams.append(bytes)
        }
      }
    }
  }
}

extension VoicePeer.State {
  fileprivate mutating func hear(_ payload: JSONValue) -> [WebSocketMessage] {
    let data = payload["d"] ?? .null
    let transition = UInt16(exactly: data["transition_id"]?.integer ?? 0) ?? 0
    let version = Int(data["protocol_version"]?.integer ?? 0)
    switch payload["op"]?.integer {
    case 4:
      mode = TransportMode(rawValue: data["mode"]?.string ?? "") ?? .none
      key = (data["secret_key"]?.array ?? []).compactMap { UInt8(exactly: $0.integer ?? -1) }
      return handle(
        .sessionDescription(
          version: Int(data["dave_protocol_version"]?.integer ?? 0), channel: channel))
    case 11:
      let users = (data["user_ids"]?.array ?? []).compactMap { $0.string.flatMap { UInt64($0) } }
      return handle(.usersConnected(users))
    case 13:
      return UInt64(data["user_id"]?.string ?? "").map { handle(.userDisconnected($0)) } ?? []
    case 21: return handle(.prepareTransition(id: transition, version: version))
    case 22:
      executed.append(Int64(transition))
      return handle(.executeTransition(id: transition))
    case 24: return handle(.prepareEpoch(epoch: 1, version: version))
    default: return []
    }
  }

  fileprivate mutating func handle(_ event: DAVEEvent) -> [WebSocketMessage] {
    var answers: [WebSocketMessage] = []
    func json(_ op: Int64, _ transition: UInt16) -> WebSocketMessage {
      let payload: JSONValue = [
        "op": .integer(op), "d": ["transition_id": .integer(Int64(transition))],
      ]
      return .text(payload.text())
    }
    for action in dave.handle(event, at: 0, using: &random) {
      switch action {
      case .sendKeyPackage(let bytes): answers.append(.binary([26] + bytes))
      case .sendCommitWelcome(let bytes): answers.append(.binary([28] + bytes))
      case .sendTransitionReady(let id): if answersReady { answers.append(json(23, id)) }
      case .sendInvalidCommitWelcome(let id): answers.append(json(31, id))
      case .install(let keys): epochs.append(keys)
      default: break
      }
    }
    return answers
  }
}
