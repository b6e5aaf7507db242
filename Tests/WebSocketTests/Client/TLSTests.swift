internal import SystemPackage
internal import TestSupport
internal import Testing

@testable internal import WebSocket

@Suite("TLS with an authority of one's own", .timeLimit(.minutes(1)))
struct TLSTests {
  private static func configuration(
    _ certificates: TestCertificates
  ) -> WebSocketServer.Configuration {
    var configuration = WebSocketServer.Configuration()
    configuration.tls = .init(
      certificateChain: certificates.certificate, privateKey: certificates.privateKey)
    return configuration
  }

  private static func trusting(
    _ roots: WebSocketConfiguration.TrustRoots
  ) -> WebSocketConfiguration {
    .test {
      $0.trustRoots = roots
      $0.closeTimeout = .milliseconds(500)
    }
  }

  @Test("By name and by address, with the authority from a file or as text")
  func trusted() async throws {
    let certificates = try TestCertificates()
    let folder = try TemporaryFolder()
    let file = try folder.write(certificates.authority, to: "ca.pem")
    try await withServer(Self.configuration(certificates)) { server in
      for (host, roots) in [
        ("localhost", WebSocketConfiguration.TrustRoots.file(file.string)),
        ("127.0.0.1", .pem(certificates.authority)),
      ] {
        let connection = try await WebSocketClient.connect(
          to: server.url(scheme: "wss", host: host), configuration: Self.trusting(roots))
        let message = WebSocketMessage.binary([UInt8](repeating: 7, count: 100_000))
        try await connection.send(message)
        var messages = connection.messages.makeAsyncIterator()
        #expect(try await messages.next() == message)
        await connection.close(code: 4000, reason: "over TLS")
        #expect(connection.end?.close?.reason == "over TLS")
      }
    }
  }

  @Test("Close codes and violations arrive over TLS, an abort is a loss")
  func ends() async throws {
    let certificates = try TestCertificates()
    try await withServer(Self.configuration(certificates)) { connection, head in
      switch head.path {
      case "/close": await connection.close(code: 4004, reason: "no")
      case "/abort":
        var messages = connection.messages.makeAsyncIterator()
        _ = try? await messages.next()
        connection.abort()
      default: try? await connection.send(.binary([UInt8](repeating: 0, count: 1001)))
      }
      do { for try await _ in connection.messages {} } catch {}
    } _: { server in
      func end(_ path: String) async throws -> WebSocketEnd? {
        var configuration = Self.trusting(.pem(certificates.authority))
        configuration.maximumMessageBytes = 1000
        let connection = try await WebSocketClient.connect(
          to: server.url(path, scheme: "wss", host: "localhost"), configuration: configuration)
        try? await connection.send(.text("now"))
        do { for try await _ in connection.messages {} } catch {}
        await connection.close()
        return connection.end
      }
      #expect(
        try await end("/close")
          == .closed(.init(code: 4004, reason: "no", initiatedByPeer: true)))
      guard case .failed(let lost) = try await end("/abort"),
        case .failed(let big) = try await end("/big")
      else {
        Issue.record("not failed")
        return
      }
      #expect(lost.code == .connectionLost)
      #expect(big.closeCode == 1009)
    }
  }

  @Test("A wrong authority and a wrong name are refused, with what to do")
  func refused() async throws {
    let certificates = try TestCertificates(names: ["DNS:elsewhere.example"])
    let others = try TestCertificates()
    try await withServer(Self.configuration(certificates)) { server in
      func error(
        _ host: String, _ roots: WebSocketConfiguration.TrustRoots
      ) async -> WebSocketError? {
        return await #expect(throws: WebSocketError.self) {
          try await WebSocketClient.connect(
            to: server.url(scheme: "wss", host: host), configuration: Self.trusting(roots))
        }
      }
      for roots in [WebSocketConfiguration.TrustRoots.system, .pem(others.authority)] {
        let unknown = await error("localhost", roots)
        #expect(unknown?.code == .tlsFailed)
        #expect(unknown?.message.contains("not signed by a trusted authority") == true)
        #expect(unknown?.message.contains("trust root") == true)
      }
      for host in ["localhost", "127.0.0.1"] {
        let foreign = await error(host, .pem(certificates.authority))
        #expect(foreign?.code == .tlsFailed)
        #expect(foreign?.message.contains("is for another name") == true)
      }
    }
  }

  @Test("TLS against a server without, and without against one with")
  func mixedUp() async throws {
    let plain = try await withServer { server in
      await #expect(throws: WebSocketError.self) {
        try await WebSocketClient.connect(to: server.url(scheme: "wss"))
      }
    }
    #expect(plain?.code == .tlsFailed)
    #expect(plain?.message.contains("does not speak TLS") == true)
    let certificates = try TestCertificates()
    let secure = try await withServer(Self.configuration(certificates)) { server in
      await #expect(throws: WebSocketError.self) {
        try await WebSocketClient.connect(to: server.url())
      }
    }
    #expect(secure?.code == .connectFailed)
  }

  @Test("Trust roots, certificates and keys that are none are refused with their place")
  func configurations() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("no certificate", to: "ca.pem")
    for roots in [
      WebSocketConfiguration.TrustRoots.file(file.string), .file("/nonexistent"), .pem(""),
    ] {
      let error = await #expect(throws: WebSocketError.self) {
        try await WebSocketClient.connect(
          to: "wss://localhost:1/", configuration: Self.trusting(roots))
      }
      #expect(error?.code == .invalidConfiguration)
      if case .file(let path) = roots { #expect(error?.message.contains(path) == true) }
    }
    let (first, second) = (try TestCertificates(), try TestCertificates())
    for (chain, key) in [(first.certificate, second.privateKey), ("", first.privateKey)] {
      var configuration = WebSocketServer.Configuration()
      configuration.tls = .init(certificateChain: chain, privateKey: key)
      let wrong = configuration
      let error = await #expect(throws: WebSocketError.self) {
        try await withServer(wrong) { _ in }
      }
      #expect(error?.code == .invalidConfiguration)
    }
  }
}
