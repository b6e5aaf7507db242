/// The system has no thread to give.
package struct ThreadError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What pthread_create returned.
  package let errno: Int32

  package var description: String { "cannot start a thread, error \(errno)" }
}
