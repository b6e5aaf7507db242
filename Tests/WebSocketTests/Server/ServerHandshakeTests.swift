internal import NIOHTTP1
internal import Testing

@testable internal import WebSocket

@Suite("The server's opening handshake", .timeLimit(.minutes(1)))
struct ServerHandshakeTests {
  @Test("RFC 6455's example, with the client's first frame in the same segment")
  func example() async throws {
    try await withServer { server in
      let raw = try await RawConnection.connect(to: server.port)
      let first = frame(1, [UInt8]("first".utf8), mask: [1, 2, 3, 4])
      try await raw.write([UInt8](Handshake.request.utf8) + first)
      let answer = try await raw.read(through: "\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 101 "))
      #expect(answer.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
      #expect(!answer.lowercased().contains("extensions"))
      let echoed = try await raw.readFrame()
      #expect(echoed.opcode == 1)
      #expect(echoed.payload == [UInt8]("first".utf8))
      await raw.close()
    }
  }

  @Test("An upgrade after other requests on the same connection")
  func laterUpgrade() async throws {
    try await withServer { server in
      let raw = try await RawConnection.connect(to: server.port)
      for _ in 0..<2 {
        try await raw.write("GET /api HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try await raw.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 404 "))
      }
      try await raw.write(Handshake.request)
      #expect(try await raw.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
      try await raw.write(frame(2, [7], mask: [0, 0, 0, 0]))
      #expect(try await raw.readFrame().payload == [7])
      await raw.close()
    }
  }

  @Test(
    "Handshakes against the rules are refused",
    arguments: [
      ("Version: 13", "Version: 8", 426), ("\(Handshake.key)", "c2hvcnQ=", 400),
      ("Sec-WebSocket-Key", "X-Key", 400), ("HTTP/1.1", "HTTP/1.0", 400),
      ("GET", "PUT", 400), ("WebSocket\r\n", "h2c\r\n", 404),
    ])
  func refusals(_ old: String, _ new: String, _ status: Int) async throws {
    try await withServer { server in
      let raw = try await RawConnection.connect(to: server.port)
      try await raw.write(Handshake.request.split(separator: old).joined(separator: new))
      #expect(try await raw.readToEnd().hasPrefix("HTTP/1.1 \(status) "))
    }
  }

  @Test("The closure decides: accepted with fields, rejected with an answer, or no upgrade")
  func decisions() async throws {
    try await withServer(upgrade: { head in
      switch head.path {
      case "/yes": .accept(["X-Region": "test"])
      case "/no":
        .reject(.init(status: 401, headers: ["X-Why": "token"], body: [UInt8]("bad token".utf8)))
      default: .notUpgraded
      }
    }) { server in
      let connection = try await WebSocketClient.connect(to: server.url("/yes?q"))
      await connection.close()
      let refused = await #expect(throws: WebSocketError.self) {
        try await WebSocketClient.connect(to: server.url("/no"))
      }
      #expect(refused?.code == .upgradeRejected)
      #expect(refused?.status == 401)
      #expect(refused?.body == [UInt8]("bad token".utf8))
      #expect(refused?.headers.contains { $0 == ("X-Why", "token") } == true)
      let other = await #expect(throws: WebSocketError.self) {
        try await WebSocketClient.connect(to: server.url("/other"))
      }
      #expect(other?.status == 404)
    }
  }
}
