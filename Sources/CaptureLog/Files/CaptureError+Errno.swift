internal import SystemPackage

extension CaptureError {
  /// The error of a failed file operation; `what` says what was being done, as in
  /// "cannot write segment 3 of …".
  init(_ error: Errno, _ what: String) {
    let code: Code
    switch error {
    case .noSpace, .diskQuotaExceeded: code = .noSpace
    case .permissionDenied, .notPermitted: code = .notPermitted
    case .fileExists: code = .exists
    case .noSuchFileOrDirectory, .notDirectory: code = .notFound
    default: code = .io
    }
    self.init(code, "\(what): \(error)", errno: error.rawValue)
  }
}
