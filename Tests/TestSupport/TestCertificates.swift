internal import Foundation
internal import SystemPackage

/// A certificate authority of its own, and a server's certificate that it signed; made by the
/// `openssl` command.
package struct TestCertificates: Sendable {
  /// The command failed, or there is none.
  package struct Failure: Error, CustomStringConvertible {
    /// What it said.
    package let description: String
  }

  /// The authority's certificate, PEM.
  package let authority: String
  /// The server's certificate, PEM.
  package let certificate: String
  /// The server's private key, PEM.
  package let privateKey: String

  /// Makes both, for a server of these names; throws ``Failure``.
  ///
  /// - Parameter names: the subject alternative names, as `openssl` writes them.
  package init(names: [String] = ["DNS:localhost", "IP:127.0.0.1"]) throws {
    let folder = try TemporaryFolder()
    func path(_ name: String) -> String { folder.path.appending(name).string }
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    try Self.openssl(
      ["req", "-x509"] + key
        + [
          "-keyout", path("ca.key"), "-out", path("ca.pem"), "-days", "2", "-subj",
          "/CN=Tapedeck Test Authority", "-addext", "basicConstraints=critical,CA:TRUE",
        ])
    try Self.openssl(
      ["req", "-x509"] + key
        + [
          "-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-keyout", path("server.key"), "-out",
          path("server.pem"), "-days", "2", "-subj", "/CN=Tapedeck Test Server", "-addext",
          "basicConstraints=critical,CA:FALSE", "-addext",
          "subjectAltName=\(names.joined(separator: ","))",
        ])
    authority = try folder.text("ca.pem")
    certificate = try folder.text("server.pem")
    privateKey = try folder.text("server.key")
  }

  private static func openssl(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: "openssl: " + String(decoding: text, as: UTF8.self))
    }
  }
}
