internal import NIOConcurrencyHelpers
internal import NIOHTTP1
package import WebSocket

/// The simulator on a port: REST, the gateway and the files of the CDN.
extension DiscordSimulator {
  /// What runs while the simulator listens.
  struct Listening: Sendable {
    var server: WebSocketServer
    var timer: Task<Void, Never>
  }

  /// Where the gateway is, and where its sessions are resumed: another path, so that a client that
  /// resumes at the wrong address is seen.
  static let gatewayPath = "/gateway"
  static let resumePath = "/gateway/resume"

  /// Listens.
  ///
  /// - Parameters:
  ///   - host: the address, a loopback one as a rule: whoever reaches it may do everything.
  ///   - port: 0 for a free one.
  ///   - tls: speaks `https` and `wss` with these; then `localhost` is the host's name in URLs if
  ///     the host is 127.0.0.1.
  /// - Throws: ``WebSocketError`` if the port is taken or the certificate cannot be used.
  package func start(
    host: String = "127.0.0.1", port: Int = 0, tls: WebSocketServer.TLSIdentity? = nil
  ) async throws(WebSocketError) -> Addresses {
    var configuration = WebSocketServer.Configuration()
    configuration.host = host
    configuration.port = port
    configuration.tls = tls
    let server = try await WebSocketServer.start(configuration: configuration) { head in
      guard Self.isGateway(head.path) else { return .notUpgraded }
      if self.admitsGatewayConnection() { return .accept() }
      return .reject(HTTPServerResponse(status: 503))
    } webSocket: { connection, head in
      await self.serveGateway(connection, target: head.uri)
    } http: { request in
      await self.answer(request)
    }
    let name = tls != nil && host == "127.0.0.1" ? "localhost" : host
    let authority = "\(name.contains(":") ? "[\(name)]" : name):\(server.port)"
    let addresses = Addresses(
      apiBase: "\(tls == nil ? "http" : "https")://\(authority)/api/v10",
      gateway: "\(tls == nil ? "ws" : "wss")://\(authority)\(Self.gatewayPath)", port: server.port)
    withGateway { state, _ in
      state.world.gatewayURL = addresses.gateway
      state.world.cdnBase = "\(tls == nil ? "http" : "https")://\(authority)"
      state.gateway.server.rules.resumeURL =
        "\(tls == nil ? "ws" : "wss")://\(authority)\(Self.resumePath)"
    }
    do {
      try await startVoice(host: host, tls: tls)
    } catch {
      await server.stop()
      throw error
    }
    let timer = Task { await self.runGatewayTimer() }
    listening.withLockedValue { $0 = Listening(server: server, timer: timer) }
    return addresses
  }

  /// Stops listening; the gateway's connections are closed with 1001. The world stays.
  package func stop() async {
    let running = listening.withLockedValue { listening in
      defer { listening = nil }
      return listening
    }
    guard let running else { return }
    running.timer.cancel()
    await stopVoice()
    await running.server.stop()
  }

  private static func isGateway(_ path: String) -> Bool {
    // Clients may add a slash before the query.
    let path = path.count > 1 && path.last == "/" ? String(path.dropLast()) : path
    return path == gatewayPath || path == resumePath || path == "/"
  }

  /// Answers a call, or does what the simulator's own paths ask for.
  private func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
    let simulated = SimulatedRequest(
      method: request.head.method, target: request.head.uri,
      headers: request.head.headers.map { (name: $0.name, value: $0.value) }, body: request.body)
    switch control(simulated).map({ .answer($0) }) ?? outcome(of: simulated) {
    case .reset: return .fault(.reset)
    case .answer(let response, let delay):
      if delay > .zero { try? await clock.sleep(for: delay) }
      var headers = HTTPHeaders()
      for (name, value) in response.headers { headers.add(name: name, value: value) }
      var answer = HTTPServerResponse(
        status: response.status, headers: headers, body: response.body)
      answer.fault = response.truncatedAfter.map { .truncated($0) }
      return answer
    }
  }
}
