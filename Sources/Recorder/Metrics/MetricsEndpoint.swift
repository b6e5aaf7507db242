/// Serves the metrics of a recorder over HTTP at `/metrics`, on this machine only.
public final class MetricsEndpoint: Sendable {
  /// The port it listens on.
  public let port: Int

  private init(port: Int) { self.port = port }

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
    MetricsEndpoint(port: 0)
  }

  /// Stops to listen.
  public func stop() async {}
}
