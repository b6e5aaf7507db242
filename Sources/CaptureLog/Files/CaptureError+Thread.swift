package import Threads

extension CaptureError {
  /// The same as an error of the capture: what it needs cannot be had from the system.
  package init(_ error: ThreadError) {
    self.init(.io, error.description, errno: error.errno)
  }
}
