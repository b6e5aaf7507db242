internal import NIOHTTP1
internal import WebSocket

/// Serves the metrics of a recorder over HTTP at `/metrics`, on this machine only.
public final class MetricsEndpoint: Sendable {
  /// The port it listens on.
  public var port: Int { server.port }

  private let server: WebSocketServer

  private init(server: WebSocketServer) { self.server = server }

  /// Starts to listen.
  ///
  /// - Parameters:
  ///   - address: `127.0.0.1:9100` or `[::1]:9100`; port 0 takes a free one.
  ///   - recorder: whose metrics.
  /// - Throws: ``RecorderError``: `usage` for an address that is not loopback, `temporary` for a
  ///   port that is taken.
  public static func start(
    address: String, recorder: Recorder
  ) async throws(RecorderError) -> MetricsEndpoint {
    try await start(address: address) { [weak recorder] in recorder?.metrics ?? "" }
  }

  /// The same with metrics of the caller.
  package static func start(
    address: String, metrics: @escaping @Sendable () -> String
  ) async throws(RecorderError) -> MetricsEndpoint {
    guard let (host, port) = parse(address) else {
      throw RecorderError(
        .usage, "metrics are served on this machine only: give an address as 127.0.0.1:9100")
    }
    var configuration = WebSocketServer.Configuration()
    configuration.host = host
    configuration.port = port
    configuration.maximumBodyBytes = 4096
    do throws(WebSocketError) {
      let server = try await WebSocketServer.start(configuration: configuration) { _ in
        .notUpgraded
      } webSocket: { _, _ in
      } http: { request in
        answer(request, metrics)
      }
      return MetricsEndpoint(server: server)
    } catch {
      throw RecorderError(.temporary, "metrics cannot be served: \(error)")
    }
  }

  /// Stops to listen.
  public func stop() async { await server.stop() }

  private static func answer(
    _ request: HTTPServerRequest, _ metrics: @Sendable () -> String
  ) -> HTTPServerResponse {
    guard request.head.path == "/metrics" else {
      return HTTPServerResponse(
        status: 404, headers: ["Content-Type": "text/plain; charset=utf-8"],
        body: [UInt8]("metrics are at /metrics\n".utf8))
    }
    guard request.head.method == "GET" || request.head.method == "HEAD" else {
      return HTTPServerResponse(status: 405, headers: ["Allow": "GET, HEAD"])
    }
    return HTTPServerResponse(
      status: 200, headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8"],
      body: [UInt8](metrics().utf8))
  }

  /// `127.0.0.1:PORT`, `localhost:PORT` or `[::1]:PORT`.
  static func parse(_ address: String) -> (host: String, port: Int)? {
    for (prefix, host) in [
      ("127.0.0.1:", "127.0.0.1"), ("localhost:", "127.0.0.1"), ("[::1]:", "::1"),
    ] where address.hasPrefix(prefix) {
      guard let port = UInt16(address.dropFirst(prefix.count)) else { return nil }
      return (host, Int(port))
    }
    return nil
  }
}
