/// An error of the capture folder, with what the user can do about it.
public struct CaptureError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// Nothing is there (exit 66).
    case notFound = "not_found"
    /// It is no capture, or one that cannot be read at all (exit 65).
    case invalid
    /// A newer format version (exit 65).
    case unsupportedVersion = "unsupported_version"
    /// Another process holds the capture's lock (exit 69).
    case locked
    /// No private key, or none that opens the capture (exit 66).
    case noKey = "no_key"
    /// A key file or a passphrase is wrong (exit 65).
    case badKey = "bad_key"
    /// The destination exists already (exit 64).
    case exists
    /// No space is left, or the free-space floor was reached (exit 75).
    case noSpace = "no_space"
    /// Reading or writing failed (exit 75).
    case io
    /// It was told to stop before its end (exit 75).
    case cancelled
    /// The user may not read or write there (exit 77).
    case notPermitted = "not_permitted"
  }

  public var code: Code
  /// One sentence: what is wrong and what to do next.
  public var message: String
  /// `errno` of the failed call, 0 if none.
  public var errno: Int32

  public init(_ code: Code, _ message: String, errno: Int32 = 0) {
    self.code = code
    self.message = message
    self.errno = errno
  }

  public var description: String { message }
}
