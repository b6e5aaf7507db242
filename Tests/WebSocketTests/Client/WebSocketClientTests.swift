internal import Logging
internal import NIOCore
internal import TestSupport
internal import Testing

@testable internal import WebSocket

@Suite("The client against servers of bytes", .timeLimit(.minutes(1)))
struct WebSocketClientTests {
  private static let quick = WebSocketConfiguration.test { $0.closeTimeout = .milliseconds(50) }

  private static func connect(
    _ port: Int, _ configuration: WebSocketConfiguration = .init()
  ) async throws -> WebSocketConnection {
    try await WebSocketClient.connect(
      to: "ws://127.0.0.1:\(port)/?v=10&encoding=json", configuration: configuration)
  }

  @Test("The request is as RFC 6455 wants it, and offers no extensions")
  func request() async throws {
    try await withRawServer { raw in
      let (request, answer) = try await raw.readUpgrade()
      let lines = request.split(separator: "\r\n").map(String.init)
      #expect(lines.first == "GET /?v=10&encoding=json HTTP/1.1")
      #expect(lines.contains { $0.hasPrefix("Host: 127.0.0.1:") })
      for line in [
        "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        "User-Agent: test",
      ] { #expect(lines.contains(line)) }
      #expect(!request.lowercased().contains("extensions"))
      try await raw.write(answer)
      #expect(try await raw.readFrame().opcode == 8)
    } client: { port in
      let connection = try await Self.connect(
        port,
        .test {
          $0.headers = [("User-Agent", "test"), ("Host", "elsewhere")]
          $0.closeTimeout = .milliseconds(50)
        })
      await connection.close()
    }
  }

  @Test("The first frames come in the same segment as the 101")
  func leftOverBytes() async throws {
    let hello = "{\"op\":10}"
    try await withRawServer { raw in
      let (_, answer) = try await raw.readUpgrade()
      try await raw.write(
        answer + frame(1, [UInt8](hello.utf8)) + frame(2, [1, 2])
          + frame(8, closing(4000, "bye")).dropLast())
      try await raw.write([UInt8]("e".utf8))
      #expect(try await raw.readFrame().payload == closing(4000))
    } client: { port in
      let connection = try await Self.connect(port)
      var messages = connection.messages.makeAsyncIterator()
      #expect(try await messages.next() == .text(hello))
      #expect(try await messages.next() == .binary([1, 2]))
      #expect(try await messages.next() == nil)
      #expect(connection.end?.close?.reason == "bye")
    }
  }

  @Test("The server closes and hangs up in the same segment as the 101")
  func closedAtOnce() async throws {
    for _ in 0..<20 {
      try await withRawServer { raw in
        let (_, answer) = try await raw.readUpgrade()
        try await raw.write(answer + frame(1, [0x41]) + frame(8, closing(4004, "no")))
      } client: { port in
        let connection = try await Self.connect(port)
        var messages = connection.messages.makeAsyncIterator()
        #expect(try await messages.next() == .text("A"))
        #expect(try await messages.next() == nil)
        #expect(connection.end?.close?.code == 4004)
      }
    }
  }

  @Test("The answer and the frames come byte by byte")
  func singleBytes() async throws {
    try await withRawServer { raw in
      let (_, answer) = try await raw.readUpgrade()
      for byte in answer + frame(1, [UInt8]("héllo".utf8)) + frame(8) {
        try await raw.write([byte])
      }
      #expect(try await raw.readFrame().payload == [])
    } client: { port in
      let connection = try await Self.connect(port)
      var texts: [WebSocketMessage] = []
      for try await message in connection.messages { texts.append(message) }
      #expect(texts == [.text("héllo")])
      #expect(connection.end == .closed(.init(code: nil, initiatedByPeer: true)))
    }
  }

  @Test("A ping is answered with its payload; frames of the client are masked")
  func pings() async throws {
    try await withRawServer { raw in
      let (_, answer) = try await raw.readUpgrade()
      try await raw.write(answer + frame(9, [5, 6, 7]))
      let head = try await raw.read(2)
      #expect(head == [0x8A, 0x83])
      let mask = try await raw.read(4)
      let payload = try await raw.read(3)
      #expect(payload.indices.map { payload[$0] ^ mask[$0] } == [5, 6, 7])
      // Its own ping is answered by the second of two pongs, the first being nobody's.
      let ping = try await raw.readFrame()
      #expect(ping.opcode == 9)
      try await raw.write(frame(10, [1]) + frame(10, ping.payload))
      #expect(try await raw.readFrame().payload == closing(1000, "end"))
      try await raw.write(frame(8, closing(1000)))
    } client: { port in
      let connection = try await Self.connect(port)
      try await connection.ping()
      await connection.close(reason: "end")
    }
  }

  @Test(
    "What breaks the rules is answered with the right code, and told to the reader",
    arguments: [
      (frame(1, [0x41], reserved: 4), 1002), (frame(1, [0x41], mask: [1, 2, 3, 4]), 1002),
      (frame(0, [0x41]), 1002), (frame(3), 1002), (frame(9, fin: false), 1002),
      (frame(10, [UInt8](repeating: 0, count: 126)), 1002), (frame(1, [0xFF]), 1007),
      (frame(8, closing(1005)), 1002), (frame(8, [3]), 1002),
      (frame(2, [UInt8](repeating: 0, count: 1001)), 1009),
    ] as [([UInt8], UInt16)])
  func violations(_ bytes: [UInt8], _ code: UInt16) async throws {
    try await withRawServer { raw in
      let (_, answer) = try await raw.readUpgrade()
      try await raw.write(answer + frame(1, [0x41]) + bytes)
      let close = try await raw.readFrame()
      #expect(close.opcode == 8)
      #expect(close.payload.prefix(2) == closing(code)[...])
      // The client has hung up for its part.
      _ = try await raw.readToEnd()
    } client: { port in
      let connection = try await Self.connect(port, .test { $0.maximumMessageBytes = 1000 })
      var messages = connection.messages.makeAsyncIterator()
      #expect(try await messages.next() == .text("A"))
      let error = await #expect(throws: WebSocketError.self) { try await messages.next() }
      #expect(error?.closeCode == code)
      // A write that comes too late tells the same.
      let late = await #expect(throws: WebSocketError.self) {
        while true { try await connection.send(.text("late")) }
      }
      #expect(late == error)
    }
  }

  @Test("Writes that race the peer's close tell its code")
  func racingWrites() async throws {
    for _ in 0..<20 {
      try await withRawServer { raw in
        let (_, answer) = try await raw.readUpgrade()
        try await raw.write(answer)
        _ = try await raw.readFrame()
        try await raw.write(frame(8, closing(4004, "no")))
        // Gone without waiting; what the client still sends is answered with a reset.
      } client: { port in
        let connection = try await Self.connect(port)
        let error = await #expect(throws: WebSocketError.self) {
          while true { try await connection.send(.binary([1])) }
        }
        #expect(error?.close?.code == 4004)
      }
    }
  }

  @Test("A peer that answers no close frame is left after the time-out")
  func closeTimeout() async throws {
    try await withRawServer { raw in
      let (_, answer) = try await raw.readUpgrade()
      try await raw.write(answer)
      _ = try await raw.readToEnd()
    } client: { port in
      let connection = try await Self.connect(port, Self.quick)
      await connection.close(code: 4000)
      #expect(connection.end == .closed(.init(code: 4000, initiatedByPeer: false)))
    }
  }

  @Test("A lost connection, and a cancelled reader, are told from each other")
  func losses() async throws {
    try await withRawServer { raw in
      let (_, answer) = try await raw.readUpgrade()
      try await raw.write(answer)
      _ = try await raw.readFrame()
    } client: { port in
      let connection = try await Self.connect(port)
      let reader = Task {
        for try await _ in connection.messages {}
      }
      reader.cancel()
      let cancelled = await #expect(throws: WebSocketError.self) { try await reader.value }
      #expect(cancelled?.code == .cancelled)
      #expect(connection.end == nil)
      try await connection.send(.text("go"))
      let lost = await #expect(throws: WebSocketError.self) {
        for try await _ in connection.messages {}
      }
      #expect(lost?.code == .connectionLost)
    }
  }

  @Test(
    "Answers that are no handshake are refused",
    arguments: [
      ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", WebSocketError.Code.upgradeRejected),
      ("HTTP/1.1 302 Found\r\nLocation: ws://x/\r\nContent-Length: 0\r\n\r\n", .upgradeRejected),
      (
        "HTTP/1.1 101 Fine\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n", .protocolViolation
      ),
      ("HTTP/1.1 101 Fine\r\n\r\n", .protocolViolation), ("SSH-2.0-OpenSSH\r\n", .connectFailed),
    ])
  func badAnswers(_ answer: String, _ code: WebSocketError.Code) async throws {
    try await withRawServer { raw in
      _ = try await raw.readUpgrade()
      try await raw.write(answer)
      _ = try? await raw.readToEnd()
    } client: { port in
      let error = await #expect(throws: WebSocketError.self) { try await Self.connect(port) }
      #expect(error?.code == code)
    }
  }

  @Test(
    "No answer in time, and a refusal whose body never ends",
    arguments: [
      ("", WebSocketError.Code.timedOut),
      ("HTTP/1.1 503 Busy\r\nContent-Length: 99\r\n\r\nlater", .upgradeRejected),
    ])
  func connectTimeout(_ answer: String, _ code: WebSocketError.Code) async throws {
    try await withRawServer { raw in
      _ = try await raw.readUpgrade()
      try await raw.write(answer)
      _ = try? await raw.readToEnd()
    } client: { port in
      let error = await #expect(throws: WebSocketError.self) {
        try await Self.connect(port, .test { $0.connectTimeout = .seconds(1) })
      }
      #expect(error?.code == code)
    }
  }

  @Test("An extension that was not offered may not be chosen")
  func extensions() async throws {
    try await withRawServer { raw in
      let (_, answer) = try await raw.readUpgrade()
      try await raw.write(
        answer.dropLast(2) + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n".utf8)
      _ = try? await raw.readToEnd()
    } client: { port in
      let error = await #expect(throws: WebSocketError.self) { try await Self.connect(port) }
      #expect(error?.code == .protocolViolation)
    }
  }

  @Test("Nobody there, no such name, hung up, cancelled: each is told")
  func unreachable() async throws {
    let port = try await withServer { $0.port }
    let refused = await #expect(throws: WebSocketError.self) { try await Self.connect(port) }
    #expect(refused?.code == .connectFailed)
    #expect(refused?.message.contains("refused") == true)

    let unknown = await #expect(throws: WebSocketError.self) {
      try await WebSocketClient.connect(to: "ws://nowhere.invalid/")
    }
    #expect(unknown?.code == .connectFailed || unknown?.code == .timedOut)

    try await withRawServer { raw in
      _ = try await raw.readUpgrade()
    } client: { port in
      let error = await #expect(throws: WebSocketError.self) { try await Self.connect(port) }
      #expect(error?.code == .connectFailed)
    }

    try await withRawServer { raw in
      _ = try await raw.readToEnd()
    } client: { port in
      let task = Task { try await Self.connect(port) }
      task.cancel()
      let error = await #expect(throws: WebSocketError.self) { try await task.value }
      #expect(error?.code == .cancelled)
    }
  }

  @Test("What is logged holds neither query nor header fields")
  func logging() async throws {
    let (logger, log) = RecordingLogHandler.makeLogger()
    try await withServer { server in
      let connection = try await WebSocketClient.connect(
        to: server.url("/?token=secret"),
        configuration: .test { $0.headers = [("Authorization", "secret")] }, logger: logger)
      await connection.close()
    }
    #expect(log.contains("connected"))
    #expect(!log.text.contains("secret"))
  }
}

@Suite("WebSocket URLs")
struct WebSocketURLTests {
  @Test("The parts of URLs")
  func parts() throws {
    let url = try WebSocketURL(parsing: "WSS://Gateway.Discord.gg/?v=10&encoding=json")
    #expect(url.isSecure)
    #expect(url.host == "Gateway.Discord.gg")
    #expect(url.port == 443)
    #expect(url.target == "/?v=10&encoding=json")
    #expect(url.authority == "Gateway.Discord.gg")
    #expect(try WebSocketURL(parsing: "ws://[::1]:8080").authority == "[::1]:8080")
    #expect(try WebSocketURL(parsing: "ws://[::1]:8080").host == "::1")
    #expect(try WebSocketURL(parsing: "ws://h?x").target == "/?x")
    #expect(try WebSocketURL(parsing: "ws://h:80/a/b").authority == "h")
  }

  @Test(
    "What is no URL of a WebSocket is refused",
    arguments: [
      "", "ws://", "http://h/", "ws:/h", "wss://user@h/", "ws://h:0/", "ws://h:65536/",
      "ws://h:x/", "ws://h:+1/", "ws://h: 80/", "ws://h/ HTTP/1.1\r\nX: y", "ws://h/#fragment",
      "ws://h/é", "ws://[::1", "ws://[h]/", "ws://[::1]x/", "ws://h\\@evil/", "ws://a b/",
      "ws://\(String(repeating: "a", count: 254))/",
    ])
  func refused(_ text: String) {
    let error = #expect(throws: WebSocketError.self) { try WebSocketURL(parsing: text) }
    #expect(error?.code == .invalidURL)
    #expect(error?.message.contains("\r") == false)
  }
}
