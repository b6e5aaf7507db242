internal import DiscordGateway

/// The voice servers that may be connected to.
///
/// An endpoint comes over the network, so that a forged one could lead the token anywhere: only
/// hosts under `discord.media` and `discord.gg` over TLS, and this host when a simulator is allowed.
enum VoiceURL {
  /// The address of an endpoint (`host` or `host:port`) with the version that we speak, or nil when
  /// it is none that may be connected to.
  static func connecting(
    to endpoint: String, allowsLoopback: Bool, usesTLSOnLoopback: Bool = false
  ) -> String? {
    guard endpoint.utf8.count <= 300,
      let (host, port) = GatewayURL.hostAndPort(Substring(endpoint))
    else { return nil }
    let authority = "\(host)\(port.map { ":\($0)" } ?? "")"
    if host.hasSuffix(".discord.media") || host.hasSuffix(".discord.gg") {
      return "wss://\(authority)/?v=8"
    }
    guard allowsLoopback, GatewayURL.isLoopback(host) else { return nil }
    return "\(usesTLSOnLoopback ? "wss" : "ws")://\(authority)/?v=8"
  }
}
