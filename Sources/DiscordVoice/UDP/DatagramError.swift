internal import Glibc

/// Why a UDP socket cannot be had.
package struct DatagramError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was being done, as in "open a UDP socket to 192.0.2.1:50001".
  package let attempt: String
  package let errno: Int32

  package init(_ attempt: String, errno: Int32) {
    self.attempt = attempt
    self.errno = errno
  }

  package var description: String {
    "cannot \(attempt): \(strerror(errno).map { String(cString: $0) } ?? "error \(errno)")"
  }
}
