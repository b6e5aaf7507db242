import Foundation
import SystemPackage
import Testing
import WebSocket

/// A certificate of `localhost` that nobody has signed but itself, in a folder that goes with it.
final class LocalCertificate {
  private let files: Sandbox
  /// Paths of PEM files.
  let certificate: String
  let key: String
  let identity: WebSocketServer.TLSIdentity

  init() throws {
    files = try Sandbox()
    certificate = files("certificate.pem").string
    key = files("key.pem").string
    let openssl = Process()
    openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    openssl.arguments =
      ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
      + ["-keyout", key, "-out", certificate, "-subj", "/CN=localhost"]
      + ["-addext", "subjectAltName=DNS:localhost"]
    openssl.standardError = FileHandle.nullDevice
    try openssl.run()
    openssl.waitUntilExit()
    try #require(openssl.terminationStatus == 0)
    identity = WebSocketServer.TLSIdentity(
      certificateChain: try files.read("certificate.pem"), privateKey: try files.read("key.pem"))
  }
}
