internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

extension WebSocketServer {
  /// What all connections of a server share.
  struct Service: Sendable {
    let configuration: Configuration
    let logger: Logger
    let upgrade: @Sendable (HTTPServerRequestHead) async -> UpgradeDecision
    let webSocket: @Sendable (WebSocketConnection, HTTPServerRequestHead) async -> Void
    let http: @Sendable (HTTPServerRequest) async -> HTTPServerResponse

    var closeTimeout: TimeAmount { TimeAmount(configuration.webSocket.closeTimeout) }

    /// Makes an accepted channel an HTTP connection.
    func addHandlers(
      to channel: any Channel, _ tls: NIOSSLContext?, _ connections: ServerConnections
    ) throws {
      let pipeline = channel.pipeline.syncOperations
      let transport = TransportHandler()
      try pipeline.addHandler(transport)
      if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
      var limits = NIOHTTPDecoderLimitConfiguration()
      limits.maxHeaderListSize = configuration.maximumHeaderBytes
      limits.maxHeaderFieldSize = configuration.maximumHeaderBytes
      let encoder = HTTPResponseEncoder()
      // A request line or field that does not end is not kept without bound either.
      let decoder = ByteToMessageHandler(
        HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits),
        maximumBufferSize: configuration.maximumHeaderBytes + 128 << 10)
      let validator = NIOHTTPResponseHeadersValidator()
      let gate = GateHandler()
      let handler = HTTPServerHandler(
        service: self, transport: transport, gate: gate,
        httpHandlers: [encoder, validator, decoder])
      try pipeline.addHandlers(gate, encoder, decoder, validator)
      try pipeline.addHandler(handler)
      let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
      let isAdded = connections.add(channel) { bound.value.stop() }
      if !isAdded { transport.drop(resetting: false) }
    }
  }
}

extension WebSocketServer.TLSIdentity {
  /// The TLS context of a server with this certificate.
  func makeContext() throws(WebSocketError) -> NIOSSLContext {
    do {
      let certificates = try NIOSSLCertificate.fromPEMBytes([UInt8](certificateChain.utf8))
      let key = try NIOSSLPrivateKey(bytes: [UInt8](privateKey.utf8), format: .pem)
      var tls = TLSConfiguration.makeServerConfiguration(
        certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
      tls.minimumTLSVersion = .tlsv12
      tls.applicationProtocols = ["http/1.1"]
      return try NIOSSLContext(configuration: tls)
    } catch {
      throw WebSocketError(
        .invalidConfiguration,
        "cannot take the certificate and private key given: both must be in PEM form and belong "
          + "together")
    }
  }
}
