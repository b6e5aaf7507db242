internal import NIOCore
internal import NIOSSL

extension WebSocketConfiguration.TrustRoots {
  /// The TLS context of a client that trusts these.
  func makeContext() throws(WebSocketError) -> NIOSSLContext {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    tls.applicationProtocols = ["http/1.1"]
    do {
      switch self {
      case .system: break
      case .file(let path):
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
      case .pem(let text):
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes([UInt8](text.utf8)))
      }
      return try NIOSSLContext(configuration: tls)
    } catch {
      let place = if case .file(let path) = self { "the file \(path)" } else { "the text given" }
      throw WebSocketError(
        .invalidConfiguration,
        "cannot take trust roots from \(place): it must exist and hold certificates in PEM form")
    }
  }
}

extension WebSocketURL {
  /// The TLS handler for this host: certificates are checked against its name or address.
  func makeTLSHandler(_ context: NIOSSLContext) throws -> NIOSSLClientHandler {
    // Addresses cannot be named in SNI; the certificate is then checked against the address.
    let isAddress = (try? SocketAddress(ipAddress: host, port: port)) != nil
    return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
  }
}
