package import SystemPackage

/// Reading of a capture's `session.json`.
package enum CaptureSession {
  /// - Throws: `.notFound` when there is no capture, `.invalid`, `.unsupportedVersion`,
  ///   `.notPermitted`, `.io`.
  package static func read(_ folder: FilePath) throws(CaptureError) -> SessionInfo {
    let bytes: [UInt8]
    do {
      bytes = try RegularFile.read(
        folder.appending(SessionFile.name), limit: SessionFile.maximumSize)
    } catch {
      guard error.code == .notFound else { throw error }
      throw CaptureError(
        .notFound, "there is no capture at \(folder): it has no \(SessionFile.name)",
        errno: error.errno)
    }
    return try SessionFile.decode(bytes)
  }
}
