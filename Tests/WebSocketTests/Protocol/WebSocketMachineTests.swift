internal import NIOCore
internal import NIOWebSocket
internal import Testing

@testable internal import WebSocket

@Suite("The protocol's rules")
struct WebSocketMachineTests {
  private typealias Machine = WebSocketMachine

  private static func text(_ text: String) -> [UInt8] { [UInt8](text.utf8) }

  private static func frame(
    _ opcode: WebSocketOpcode, _ payload: [UInt8] = [], fin: Bool = true
  ) -> WebSocketFrame {
    WebSocketFrame(fin: fin, opcode: opcode, data: ByteBuffer(bytes: payload))
  }

  /// What a client does with frames of its server.
  private static func receive(
    _ frames: [WebSocketFrame], limit: Int = 100, into machine: inout Machine
  ) -> [Machine.Action] {
    frames.flatMap { machine.receive($0) }
  }

  private static func client(limit: Int = 100) -> Machine {
    Machine(role: .client, maximumMessageBytes: limit)
  }

  @Test("Fragments are put together, with control frames between them")
  func fragments() {
    var machine = Self.client()
    let snowman: [UInt8] = [0xE2, 0x98, 0x83]
    let actions = Self.receive(
      [
        Self.frame(.text, [snowman[0]], fin: false),
        Self.frame(.ping, [7]),
        Self.frame(.continuation, [], fin: false),
        Self.frame(.continuation, [snowman[1]], fin: false),
        Self.frame(.pong, [8]),
        Self.frame(.continuation, [snowman[2]]),
        Self.frame(.binary, [1]),
      ], into: &machine)
    #expect(
      actions == [
        .sendPong(ByteBuffer(bytes: [7])), .pongReceived(ByteBuffer(bytes: [8])),
        .deliver(.text("☃")), .deliver(.binary([1])),
      ])
  }

  struct Violation: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let frames: [WebSocketFrame]
    var role = WebSocketMachine.Role.client
    let code: UInt16
  }

  static let violations: [Violation] =
    [
      Violation(
        testDescription: "compressed",
        frames: [
          WebSocketFrame(fin: true, rsv1: true, opcode: .text, data: ByteBuffer(string: "x"))
        ], code: 1002),
      Violation(
        testDescription: "third reserved bit",
        frames: [WebSocketFrame(fin: true, rsv3: true, opcode: .ping, data: ByteBuffer())],
        code: 1002),
      Violation(
        testDescription: "masked by the server",
        frames: [
          WebSocketFrame(fin: true, opcode: .text, maskKey: [1, 2, 3, 4], data: ByteBuffer())
        ], code: 1002),
      Violation(
        testDescription: "unmasked by the client", frames: [frame(.text)], role: .server,
        code: 1002),
      Violation(
        testDescription: "continuation of nothing", frames: [frame(.continuation)], code: 1002),
      Violation(
        testDescription: "continuation after the end",
        frames: [frame(.text, fin: false), frame(.continuation), frame(.continuation)], code: 1002),
      Violation(
        testDescription: "message inside another",
        frames: [frame(.text, fin: false), frame(.binary)], code: 1002),
      Violation(
        testDescription: "fragment inside another",
        frames: [frame(.text, fin: false), frame(.text, fin: false)], code: 1002),
      Violation(testDescription: "fragmented ping", frames: [frame(.ping, fin: false)], code: 1002),
      Violation(
        testDescription: "long pong", frames: [frame(.pong, [UInt8](repeating: 0, count: 126))],
        code: 1002),
      Violation(
        testDescription: "text of broken UTF-8", frames: [frame(.text, [0xC0, 0x80])], code: 1007),
      Violation(
        testDescription: "UTF-8 of a surrogate", frames: [frame(.text, [0xED, 0xA0, 0x80])],
        code: 1007),
      Violation(
        testDescription: "UTF-8 cut at the message's end",
        frames: [frame(.text, [0xE2], fin: false), frame(.continuation, [0x98])], code: 1007),
      Violation(
        testDescription: "too big at once",
        frames: [frame(.binary, [UInt8](repeating: 0, count: 101))], code: 1009),
      Violation(
        testDescription: "too big in fragments",
        frames: [
          frame(.binary, [UInt8](repeating: 0, count: 100), fin: false),
          frame(.continuation, [], fin: false), frame(.continuation, [0]),
        ], code: 1009),
      Violation(
        testDescription: "close of one byte", frames: [frame(.connectionClose, [3])], code: 1002),
      Violation(
        testDescription: "close reason of broken UTF-8",
        frames: [frame(.connectionClose, closing(1000) + [0xFF])], code: 1007),
    ]
    + [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map { code in
      Violation(
        testDescription: "close with \(code)", frames: [frame(.connectionClose, closing(code))],
        code: 1002)
    }
    + [3, 7, 0xB, 0xF].map { opcode in
      Violation(
        testDescription: "opcode \(opcode)",
        frames: [frame(WebSocketOpcode(encodedWebSocketOpcode: opcode) ?? .ping, fin: opcode < 8)],
        code: 1002)
    }

  @Test("What breaks the rules ends the connection with the right code", arguments: violations)
  func breach(_ violation: Violation) throws {
    var machine = Machine(role: violation.role, maximumMessageBytes: 100)
    let before = violation.frames.dropLast().flatMap { machine.receive($0) }
    #expect(!before.contains { if case .sendClose = $0 { true } else { false } })
    let last = try #require(violation.frames.last)
    let actions = machine.receive(last)
    guard actions.count == 4, case .sendClose(violation.code, let reason) = actions[0],
      case .end(.failed(let error)) = actions[1]
    else {
      Issue.record("\(actions)")
      return
    }
    #expect(actions[2...] == [.startCloseTimer, .shutDownOutput])
    #expect(!reason.isEmpty && reason.utf8.count <= 123)
    #expect(error.closeCode == violation.code)
    #expect(error.code == (violation.code == 1009 ? .messageTooBig : .protocolViolation))
    // Nothing that comes afterwards matters.
    #expect(!machine.isOpen)
    #expect(machine.receive(Self.frame(.text)) == [])
    #expect(machine.close(code: 1000, reason: "") == [])
    #expect(machine.closeTimerFired() == [.dropTransport])
    #expect(machine.transportClosed() == [])
    #expect(machine.isClosed)
  }

  @Test("The codes that may be sent are taken", arguments: [1000, 1003, 1007, 1014, 3000, 4999])
  func codes(_ code: UInt16) {
    for role in [Machine.Role.client, .server] {
      var machine = Machine(role: role, maximumMessageBytes: 100)
      let payload = ByteBuffer(bytes: closing(code, "why"))
      let actions = machine.receive(
        WebSocketFrame(
          fin: true, opcode: .connectionClose,
          maskKey: role == .server ? [0, 0, 0, 0] : nil, data: payload))
      let end = WebSocketEnd.closed(.init(code: code, reason: "why", initiatedByPeer: true))
      // The server hangs up; the client waits for that, not for ever.
      #expect(
        actions == [.sendClose(code: code, reason: ""), .end(end), .startCloseTimer]
          + (role == .server ? [.closeTransport] : []))
      #expect(machine.closeTimerFired() == [.dropTransport])
    }
  }

  @Test("A close without a code is answered without one")
  func emptyClose() {
    var machine = Self.client()
    #expect(
      machine.receive(Self.frame(.connectionClose)) == [
        .sendClose(code: nil, reason: ""),
        .end(.closed(.init(code: nil, initiatedByPeer: true))), .startCloseTimer,
      ])
  }

  @Test("Our own close: data that still comes is dropped, the peer's answer ends it")
  func ownClose() {
    var machine = Self.client()
    #expect(
      machine.close(code: 4000, reason: "zombie") == [
        .sendClose(code: 4000, reason: "zombie"), .startCloseTimer,
      ])
    #expect(machine.close(code: 1000, reason: "again") == [])
    #expect(machine.receive(Self.frame(.text, [0x41])) == [])
    #expect(machine.receive(Self.frame(.ping)) == [])
    let end = WebSocketEnd.closed(.init(code: 4000, reason: "zombie", initiatedByPeer: false))
    #expect(
      machine.receive(Self.frame(.connectionClose, closing(4000))) == [.end(end), .startCloseTimer])
    #expect(machine.transportClosed() == [])
  }

  @Test("Our own close ends in any case: no answer, nonsense, a lost connection")
  func ownCloseUnanswered() {
    let end = WebSocketMachine.Action.end(
      .closed(.init(code: 1000, reason: "", initiatedByPeer: false)))
    var machine = Self.client()
    _ = machine.close(code: 1005, reason: "")
    #expect(machine.closeTimerFired() == [end, .dropTransport])
    machine = Self.client()
    _ = machine.close(code: 1000, reason: "")
    #expect(machine.receive(Self.frame(.continuation)) == [end, .startCloseTimer, .shutDownOutput])
    machine = Self.client()
    _ = machine.close(code: 1000, reason: "")
    #expect(machine.transportClosed() == [end])
  }

  @Test("A lost connection and an abort say so")
  func losses() {
    var machine = Self.client()
    guard case .end(.failed(let error)) = machine.transportClosed().first else {
      Issue.record("no end")
      return
    }
    #expect(error.code == .connectionLost)
    #expect(machine.abort() == [])
    machine = Self.client()
    guard case .end(.failed(let aborted)) = machine.abort().first else {
      Issue.record("no end")
      return
    }
    #expect(aborted.code == .aborted)
    #expect(machine.transportClosed() == [])
  }
}
