internal import NIOCore
internal import NIOWebSocket

/// The rules of RFC 6455 for one end of an open connection: frames and wishes in, actions out.
///
/// Puts messages together, checks what the peer sends, and leads the closing handshake. Knows no
/// clock and no socket: whoever owns it carries out the actions, in order.
struct WebSocketMachine {
  /// Which end this is: clients mask their frames, servers must not (section 5.1).
  enum Role: Sendable { case client, server }

  /// What is to be done.
  enum Action: Equatable {
    /// Hand a message to the reader.
    case deliver(WebSocketMessage)
    /// Answer a ping with its payload.
    case sendPong(ByteBuffer)
    /// Tell whoever pinged that this pong came.
    case pongReceived(ByteBuffer)
    /// Send a close frame; no other frame after it.
    case sendClose(code: UInt16?, reason: String)
    /// Tell how the connection ended; what still comes is dropped.
    case end(WebSocketEnd)
    /// Call ``WebSocketMachine/closeTimerFired()`` after the close time-out, counted anew.
    case startCloseTimer
    /// Send FIN when all is sent, and read on until the peer hangs up: closing with unread bytes
    /// would reset the connection, and the peer might never see our close frame.
    case shutDownOutput
    /// Close the transport, when the close frame is sent.
    case closeTransport
    /// Close the transport at once.
    case dropTransport
  }

  private enum State {
    case open
    /// Our close frame is sent, the peer's is awaited.
    case closing(WebSocketClose)
    /// Ended; the peer is to hang up.
    case draining
    case closed
  }

  private let role: Role
  private let maximumMessageBytes: Int
  private var state = State.open
  /// The fragments so far of an unfinished message.
  private var fragments: (isText: Bool, bytes: ByteBuffer)?

  /// The machine of a connection that was just upgraded.
  init(role: Role, maximumMessageBytes: Int) {
    self.role = role
    self.maximumMessageBytes = maximumMessageBytes
  }

  /// Whether messages may be sent.
  var isOpen: Bool { if case .open = state { true } else { false } }

  /// Whether there is nothing left to be done.
  var isClosed: Bool { if case .closed = state { true } else { false } }

  // MARK: What the peer does

  /// A frame came.
  mutating func receive(_ frame: WebSocketFrame) -> [Action] {
    switch state {
    case .open, .closing: break
    case .draining, .closed: return []
    }
    if frame.rsv1 || frame.rsv2 || frame.rsv3 {
      return fail(
        "the peer sent a frame with reserved bits set, as of a compression that was not agreed on")
    }
    guard (frame.maskKey != nil) == (role == .server) else {
      return fail(
        role == .server ? "the client sent an unmasked frame" : "the server sent a masked frame")
    }
    if frame.opcode.isControlOpcode, !frame.fin || frame.length > 125 {
      return fail("the peer sent a control frame in fragments or of more than 125 bytes")
    }
    switch frame.opcode {
    case .text, .binary, .continuation: return receive(data: frame)
    case .ping: return isOpen ? [.sendPong(frame.unmaskedData)] : []
    case .pong: return isOpen ? [.pongReceived(frame.unmaskedData)] : []
    case .connectionClose: return receive(close: frame.unmaskedData)
    default: return fail("the peer sent a frame of unknown kind \(frame.opcode)")
    }
  }

  /// The bytes that came are no frame.
  mutating func decodingFailed(_ error: NIOWebSocketError) -> [Action] {
    switch error {
    case .invalidFrameLength:
      fail("the peer sent a frame larger than allowed", CloseCode.messageTooBig)
    case .fragmentedControlFrame, .multiByteControlFrameLength:
      fail("the peer sent a control frame in fragments or of more than 125 bytes")
    }
  }

  /// The transport is gone; `message` says why, if something is known.
  mutating func transportClosed(_ message: String? = nil) -> [Action] {
    defer { state = .closed }
    switch state {
    case .open:
      let message = message ?? "the peer ended the connection without a close frame"
      return [.end(.failed(WebSocketError(.connectionLost, message)))]
    case .closing(let close): return [.end(.closed(close))]
    case .draining, .closed: return []
    }
  }

  private mutating func receive(data frame: WebSocketFrame) -> [Action] {
    let isText: Bool
    var bytes: ByteBuffer
    if frame.opcode == .continuation {
      guard let begun = fragments.take() else {
        return fail("the peer sent a continuation of no message")
      }
      (isText, bytes) = begun
    } else {
      guard fragments == nil else {
        return fail("the peer began a message inside another")
      }
      (isText, bytes) = (frame.opcode == .text, ByteBuffer())
    }
    guard frame.length <= maximumMessageBytes - bytes.readableBytes else {
      return fail(
        "the peer sent a message of more than \(maximumMessageBytes) bytes",
        CloseCode.messageTooBig)
    }
    if bytes.readableBytes == 0 {
      bytes = frame.unmaskedData
    } else {
      bytes.writeImmutableBuffer(frame.unmaskedData)
    }
    guard frame.fin else {
      fragments = (isText, bytes)
      return []
    }
    let message: WebSocketMessage
    if isText {
      guard let text = try? bytes.readUTF8ValidatedString(length: bytes.readableBytes) else {
        return fail("the peer sent a text that is no UTF-8", CloseCode.invalidText)
      }
      message = .text(text)
    } else {
      message = .binary([UInt8](bytes.readableBytesView))
    }
    // After our close frame nobody waits for messages any more.
    return isOpen ? [.deliver(message)] : []
  }

  private mutating func receive(close payload: ByteBuffer) -> [Action] {
    var payload = payload
    guard payload.readableBytes != 1 else { return fail("the peer sent a close code of one byte") }
    let code = payload.readInteger(as: UInt16.self)
    if let code, !CloseCode.mayBeSent(code) {
      return fail("the peer sent the close code \(code), which must not be sent")
    }
    guard let reason = try? payload.readUTF8ValidatedString(length: payload.readableBytes) else {
      return fail("the peer sent a close reason that is no UTF-8", CloseCode.invalidText)
    }
    fragments = nil
    var actions: [Action] = []
    if case .closing(let close) = state {
      actions.append(.end(.closed(close)))
    } else {
      let close = WebSocketClose(code: code, reason: reason, initiatedByPeer: true)
      actions += [.sendClose(code: code, reason: ""), .end(.closed(close))]
    }
    state = .draining
    // The server hangs up first, so that the client's port is free at once (section 7.1.1).
    return actions + [.startCloseTimer] + (role == .server ? [.closeTransport] : [])
  }

  /// Gives the connection up because of what the peer sent (section 7.1.7).
  private mutating func fail(
    _ message: String, _ code: UInt16 = CloseCode.protocolError
  ) -> [Action] {
    fragments = nil
    defer { state = .draining }
    switch state {
    case .open:
      let kind: WebSocketError.Code =
        code == CloseCode.messageTooBig ? .messageTooBig : .protocolViolation
      return [
        .sendClose(code: code, reason: CloseCode.fitting(message)),
        .end(.failed(WebSocketError(kind, message, closeCode: code))),
        .startCloseTimer, .shutDownOutput,
      ]
    case .closing(let close):
      return [.end(.closed(close)), .startCloseTimer, .shutDownOutput]
    case .draining, .closed: return []
    }
  }

  // MARK: What our side wants

  /// Begins the closing handshake; without effect if it has begun already.
  ///
  /// A code that must not be sent is replaced by 1000, a reason too long for a frame is cut.
  mutating func close(code: UInt16, reason: String) -> [Action] {
    guard isOpen else { return [] }
    let code = CloseCode.mayBeSent(code) ? code : CloseCode.normal
    let reason = CloseCode.fitting(reason)
    state = .closing(WebSocketClose(code: code, reason: reason, initiatedByPeer: false))
    return [.sendClose(code: code, reason: reason), .startCloseTimer]
  }

  /// The peer has neither answered our close frame nor hung up in time.
  mutating func closeTimerFired() -> [Action] {
    switch state {
    case .open, .closed: return []
    case .closing(let close):
      state = .draining
      return [.end(.closed(close)), .dropTransport]
    case .draining: return [.dropTransport]
    }
  }

  /// Gives the connection up without a word.
  mutating func abort() -> [Action] {
    defer { state = .closed }
    switch state {
    case .open, .closing:
      return [
        .end(.failed(WebSocketError(.aborted, "the connection was aborted"))), .dropTransport,
      ]
    case .draining: return [.dropTransport]
    case .closed: return []
    }
  }
}
