internal import Glibc
package import SystemPackage
internal import VoiceCrypto

/// The plain SHA-256 of a file.
package enum FileDigest {
  package static func sha256(of path: FilePath) throws(RenderError) -> String {
    let descriptor = open(path.string, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileSystem.failure("read", path, errno: errno) }
    defer { close(descriptor) }
    var digest = SHA256Digest()
    var chunk = [UInt8](repeating: 0, count: 256 * 1024)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileSystem.failure("read", path, errno: errno) }
      if count == 0 { return digest.finalizeHex() }
      digest.update(chunk.span.extracting(0..<count))
    }
  }
}
