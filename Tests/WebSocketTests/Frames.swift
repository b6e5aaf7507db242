internal import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket

/// A frame's bytes (RFC 6455 section 5.2), also wrong ones.
func frame(
  _ opcode: UInt8, _ payload: [UInt8] = [], fin: Bool = true, reserved: UInt8 = 0,
  mask: [UInt8]? = nil
) -> [UInt8] {
  var bytes = [(fin ? 0x80 : 0) | reserved << 4 | opcode]
  let masked: UInt8 = mask == nil ? 0 : 0x80
  switch payload.count {
  case ..<126: bytes.append(masked | UInt8(payload.count))
  case ..<65_536:
    bytes += [masked | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
  default:
    bytes.append(masked | 127)
    bytes += (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
  }
  guard let mask else { return bytes + payload }
  return bytes + mask + payload.indices.map { payload[$0] ^ mask[$0 % 4] }
}

/// The payload of a close frame.
func closing(_ code: UInt16, _ reason: String = "") -> [UInt8] {
  [UInt8(code >> 8), UInt8(code & 0xFF)] + reason.utf8
}

/// The key of RFC 6455's example, and the answer to it.
enum Handshake {
  static let key = "dGhlIHNhbXBsZSBub25jZQ=="
  static let request = """
    GET /chat HTTP/1.1\r\nHost: test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: \(key)\r\n\r\n
    """
}

extension RawConnection {
  /// Reads a client's request for an upgrade, and says what agrees to it.
  func readUpgrade() async throws -> (request: String, answer: [UInt8]) {
    let request = try await read(through: "\r\n\r\n")
    let key = request.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }
    // NIO's server knows how to hash it.
    let upgrader = NIOWebSocketServerUpgrader { channel, _ in
      channel.eventLoop.makeSucceededFuture([:])
    } upgradePipelineHandler: { channel, _ in
      channel.eventLoop.makeSucceededVoidFuture()
    }
    let head = HTTPRequestHead(
      version: .http1_1, method: .GET, uri: "/",
      headers: [
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": String(key?.split(separator: " ").last ?? ""),
      ])
    let headers = try await upgrader.buildUpgradeResponse(
      channel: channel, upgradeRequest: head, initialResponseHeaders: [:]
    ).get()
    let lines = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
    return (request, [UInt8]("HTTP/1.1 101 Switching Protocols\r\n\(lines)\r\n".utf8))
  }

  /// Reads a frame; its payload unmasked.
  func readFrame() async throws -> (opcode: UInt8, payload: [UInt8]) {
    let head = try await read(2)
    guard head.count == 2 else { throw ChannelError.eof }
    var length = Int(head[1] & 0x7F)
    if length >= 126 {
      length = try await read(length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
    }
    let mask = head[1] & 0x80 == 0 ? [0, 0, 0, 0] : try await read(4)
    let payload = try await read(length)
    return (head[0] & 0x0F, payload.indices.map { payload[$0] ^ mask[$0 % 4] })
  }
}
