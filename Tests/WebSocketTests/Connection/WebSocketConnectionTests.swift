internal import NIOCore
internal import TestSupport
internal import Testing

@testable internal import WebSocket

@Suite("Connections over loopback sockets", .timeLimit(.minutes(1)))
struct WebSocketConnectionTests {
  @Test("Messages come back as they were sent")
  func echoes() async throws {
    var random = SplitMix64(seed: 1)
    let messages: [WebSocketMessage] =
      [.text(""), .text("hällo 👋"), .binary([]), .binary([0, 255])]
      + [125, 126, 127, 65_535, 65_536, 300_000].map { .binary(random.bytes($0)) }
      + [.text(String(repeating: "é", count: 70_000))]
    try await withServer { server in
      let connection = try await WebSocketClient.connect(to: server.url())
      for message in messages { try await connection.send(message) }
      var answers = connection.messages.makeAsyncIterator()
      for message in messages { #expect(try await answers.next() == message) }
      try await connection.ping()
      #expect(connection.end == nil)
      await connection.close(code: 4001, reason: "done")
      #expect(try await answers.next() == nil)
      #expect(
        connection.end == .closed(.init(code: 4001, reason: "done", initiatedByPeer: false)))
    }
  }

  @Test("The server's close code and reason arrive, after its last message")
  func serverCloses() async throws {
    try await withServer { connection, _ in
      try? await connection.send(.text("last"))
      await connection.close(code: 4004, reason: "Authentication failed")
    } _: { server in
      let connection = try await WebSocketClient.connect(to: server.url())
      var messages = connection.messages.makeAsyncIterator()
      #expect(try await messages.next() == .text("last"))
      #expect(try await messages.next() == nil)
      let close = WebSocketClose(
        code: 4004, reason: "Authentication failed", initiatedByPeer: true)
      #expect(connection.end == .closed(close))
      let error = await #expect(throws: WebSocketError.self) {
        try await connection.send(.text("late"))
      }
      #expect(error?.code == .closed)
      #expect(error?.close == close)
    }
  }

  @Test("A conversation that returns closes with 1000, the client's code reaches the server")
  func normalClose() async throws {
    let (ends, report) = AsyncStream.makeStream(of: WebSocketEnd?.self)
    try await withServer { connection, head in
      if head.path == "/wait" {
        do { for try await _ in connection.messages {} } catch {}
        report.yield(connection.end)
      }
    } _: { server in
      let first = try await WebSocketClient.connect(to: server.url("/return?v=10"))
      for try await _ in first.messages {}
      #expect(first.end?.close?.code == 1000)
      let second = try await WebSocketClient.connect(to: server.url("/wait"))
      await second.close(code: 1001, reason: String(repeating: "ü", count: 100))
      var iterator = ends.makeAsyncIterator()
      let end = try #require(await iterator.next())
      #expect(
        end
          == .closed(
            .init(
              code: 1001, reason: String(repeating: "ü", count: 61), initiatedByPeer: true)))
    }
  }

  @Test("An abort is seen as a lost connection, with a reset")
  func aborts() async throws {
    try await withServer { connection, _ in
      // Not before the client has its connection.
      var messages = connection.messages.makeAsyncIterator()
      _ = try? await messages.next()
      connection.abort()
      do { for try await _ in connection.messages {} } catch {}
    } _: { server in
      let connection = try await WebSocketClient.connect(to: server.url())
      try await connection.send(.text("now"))
      let error = await #expect(throws: WebSocketError.self) {
        for try await _ in connection.messages {}
      }
      #expect(error?.code == .connectionLost)
      #expect(error?.message.contains("reset") == true)
    }
  }
}
