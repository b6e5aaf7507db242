internal import NIOCore
internal import NIOHTTP1
internal import Testing

@testable internal import WebSocket

@Suite("The server's HTTP side", .timeLimit(.minutes(1)))
struct HTTPServerTests {
  /// Answers with what was asked.
  @Sendable private static func mirror(_ request: HTTPServerRequest) async -> HTTPServerResponse {
    let text =
      "\(request.head.method) \(request.head.path) [\(request.head.query)] "
      + String(decoding: request.body, as: UTF8.self)
    return HTTPServerResponse(
      status: 200, headers: ["Content-Type": "text/plain"], body: [UInt8](text.utf8))
  }

  private static func mirrored(_ text: String, close: Bool = false) -> String {
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: \(text.utf8.count)\r\n"
      + (close ? "Connection: close\r\n" : "") + "\r\n" + text
  }

  /// What the server sends until it hangs up, for these bytes.
  private func answers(
    to request: String, _ configuration: WebSocketServer.Configuration = .init()
  ) async throws -> String {
    try await withServer(configuration, http: Self.mirror) { server in
      let raw = try await RawConnection.connect(to: server.port)
      try await raw.write(request)
      return try await raw.readToEnd()
    }
  }

  @Test("Requests one after another and at once are answered in order on one connection")
  func keepAlive() async throws {
    try await withServer(http: Self.mirror) { server in
      let raw = try await RawConnection.connect(to: server.port)
      try await raw.write("GET /a?x=1&y=%20 HTTP/1.1\r\nHost: h\r\n\r\n")
      let first = Self.mirrored("GET /a [x=1&y=%20] ")
      #expect(try await raw.read(first.utf8.count) == [UInt8](first.utf8))
      try await raw.write(
        "PUT /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyzDELETE /c HTTP/1.1\r\nHost: h\r\n\r\n"
          + "POST /d HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
          + "2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n")
      let rest =
        Self.mirrored("PUT /b [] xyz") + Self.mirrored("DELETE /c [] ")
        + Self.mirrored("POST /d [] abcde", close: true)
      #expect(try await raw.readToEnd() == rest)
    }
  }

  @Test("HEAD has the length without the body; 204 has neither")
  func withoutBody() async throws {
    let head = try await answers(to: "HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    #expect(head.contains("Content-Length: 11\r\n"))
    #expect(head.hasSuffix("\r\n\r\n"))
    try await withServer(http: { _ in HTTPServerResponse(status: 204, body: [1]) }) { server in
      let raw = try await RawConnection.connect(to: server.port)
      try await raw.write("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      #expect(
        try await raw.readToEnd() == "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
    }
  }

  @Test("HTTP/1.0 is answered and hung up on")
  func oldVersion() async throws {
    let answer = try await answers(to: "GET /x HTTP/1.0\r\n\r\n")
    #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
  }

  private static func small() -> WebSocketServer.Configuration {
    var configuration = WebSocketServer.Configuration()
    configuration.maximumBodyBytes = 10
    configuration.maximumHeaderBytes = 1000
    return configuration
  }

  @Test(
    "Bodies over the cap are refused with 413, announced or not",
    arguments: [
      "Content-Length: 11\r\n\r\n", "Content-Length: 9223372036854775807\r\n\r\n",
      "Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n5\r\nabcde\r\n0\r\n\r\n",
    ])
  func largeBody(_ rest: String) async throws {
    let answer = try await answers(to: "POST / HTTP/1.1\r\nHost: h\r\n" + rest, Self.small())
    #expect(answer.hasPrefix("HTTP/1.1 413 "))
    #expect(answer.contains("Connection: close\r\n"))
  }

  @Test("A body of exactly the cap is taken")
  func fittingBody() async throws {
    let answer = try await answers(
      to: "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 10\r\n\r\n0123456789",
      Self.small())
    #expect(answer.hasSuffix("POST / [] 0123456789"))
  }

  @Test(
    "Header fields over the caps are refused with 431",
    arguments: [
      "X: " + String(repeating: "a", count: 1001) + "\r\n\r\n",
      String(repeating: "Name: some value\r\n", count: 80) + "\r\n",
      String(repeating: "A: b\r\n", count: 300) + "\r\n",
    ])
  func largeHeaders(_ headers: String) async throws {
    let answer = try await answers(to: "GET / HTTP/1.1\r\n" + headers, Self.small())
    #expect(answer.hasPrefix("HTTP/1.1 431 "))
  }

  @Test("A request line without end is not kept without bound")
  func endlessLine() async throws {
    let answer = try await answers(
      to: "GET /" + String(repeating: "a", count: 400_000), Self.small())
    #expect(answer.hasPrefix("HTTP/1.1 431 "))
  }

  @Test(
    "What is no HTTP gets 400",
    arguments: [
      "\u{16}\u{3}\u{1}nonsense\r\n\r\n", "GET\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
  func nonsense(_ bytes: String) async throws {
    #expect(try await answers(to: bytes).hasPrefix("HTTP/1.1 400 "))
  }

  @Test("A client that waits for 100-continue gets it")
  func expectation() async throws {
    try await withServer(http: Self.mirror) { server in
      let raw = try await RawConnection.connect(to: server.port)
      try await raw.write(
        "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
      #expect(try await raw.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
      try await raw.write("ok")
      let answer = Self.mirrored("POST /e [] ok")
      #expect(try await raw.read(answer.utf8.count) == [UInt8](answer.utf8))
    }
  }

  @Test("Header fields that would split the answer are not sent")
  func splitting() async throws {
    try await withServer(http: { _ in
      HTTPServerResponse(status: 200, headers: ["X": "a\r\nSet-Cookie: b"])
    }) { server in
      let raw = try await RawConnection.connect(to: server.port)
      try await raw.write("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      #expect(try await !raw.readToEnd().contains("Set-Cookie"))
    }
  }

  @Test("Faults: a reset, a silent close, a body cut off")
  func faults() async throws {
    try await withServer(http: { request in
      switch request.head.path {
      case "/reset": return .fault(.reset)
      case "/hangup": return .fault(.hangUp)
      default:
        var response = HTTPServerResponse(status: 200, body: [UInt8]("0123456789".utf8))
        response.fault = .truncated(4)
        return response
      }
    }) { server in
      var raw = try await RawConnection.connect(to: server.port)
      try await raw.write("GET /reset HTTP/1.1\r\nHost: h\r\n\r\n")
      await #expect(throws: IOError.self) { try await raw.readToEnd() }
      raw = try await RawConnection.connect(to: server.port)
      try await raw.write("GET /hangup HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(try await raw.readToEnd() == "")
      raw = try await RawConnection.connect(to: server.port)
      try await raw.write("GET /cut HTTP/1.1\r\nHost: h\r\n\r\n")
      let head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123"
      #expect(try await raw.read(head.utf8.count) == [UInt8](head.utf8))
      await #expect(throws: IOError.self) { try await raw.readToEnd() }
    }
  }

  @Test("A client that goes away cancels the making of its answer")
  func cancellation() async throws {
    let (cancelled, report) = AsyncStream.makeStream(of: Bool.self)
    let (begun, begin) = AsyncStream.makeStream(of: Void.self)
    try await withServer(http: { _ in
      begin.yield()
      try? await Task.sleep(for: .seconds(1000))
      report.yield(Task.isCancelled)
      return HTTPServerResponse(status: 200)
    }) { server in
      let raw = try await RawConnection.connect(to: server.port)
      try await raw.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
      var started = begun.makeAsyncIterator()
      await started.next()
      await raw.close()
      var iterator = cancelled.makeAsyncIterator()
      #expect(await iterator.next() == true)
    }
  }

  @Test("Stopping: requests in work are answered, idle connections and WebSockets closed")
  func stop() async throws {
    let (begun, begin) = AsyncStream.makeStream(of: Void.self)
    let (go, release) = AsyncStream.makeStream(of: Void.self)
    let server = try await WebSocketServer.start { head in
      .accept()
    } webSocket: {
      await echo($0, $1)
    } http: { request in
      begin.yield()
      var released = go.makeAsyncIterator()
      await released.next()
      return await Self.mirror(request)
    }
    let idle = try await RawConnection.connect(to: server.port)
    let busy = try await RawConnection.connect(to: server.port)
    try await busy.write("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
    var started = begun.makeAsyncIterator()
    await started.next()
    let socket = try await WebSocketClient.connect(to: server.url())
    async let stopped: Void = server.stop()
    for try await _ in socket.messages {}
    #expect(socket.end?.close?.code == 1001)
    #expect(try await idle.readToEnd() == "")
    release.yield()
    #expect(try await busy.readToEnd() == Self.mirrored("GET /slow [] ", close: true))
    await stopped
    #expect(server.connectionCount == 0)
    await #expect(throws: (any Error).self) { try await RawConnection.connect(to: server.port) }
  }
}
