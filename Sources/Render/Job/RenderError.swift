internal import CaptureLog

/// A render that could not be done, with what the user can do about it.
public struct RenderError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// The arguments do not fit: a folder that is in use, a range without speech (exit 64).
    case usage
    /// The capture is bad for good (exit 65).
    case badInput = "bad_input"
    /// A capture or key is missing (exit 66).
    case noInput = "no_input"
    /// The capture is still being written (exit 69).
    case busy
    /// A mistake of this program (exit 70).
    case defect
    /// No space, I/O, interrupted: try again (exit 75).
    case tryAgain = "try_again"
    /// The user may not read or write there (exit 77).
    case notPermitted = "not_permitted"
  }

  public var code: Code
  /// One sentence: what is wrong and what to do next.
  public var message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}

extension RenderError {
  /// What an error of the capture folder means for a render.
  init(_ error: CaptureError) {
    let code: Code =
      switch error.code {
      case .notFound, .noKey: .noInput
      case .invalid, .unsupportedVersion, .badKey: .badInput
      case .locked: .busy
      case .exists: .usage
      case .noSpace, .io, .cancelled: .tryAgain
      case .notPermitted: .notPermitted
      }
    self.init(code, error.message)
  }
}
