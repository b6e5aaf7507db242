internal import CaptureLog
internal import DiscordGateway
internal import DiscordREST
internal import Recorder
internal import Render
internal import WebSocket

/// The exit codes that scripts and schedulers rely on.
enum ExitStatus: Int32 {
  /// Done, already done, or stopped as told.
  case done = 0
  /// Wrong arguments.
  case usage = 64
  /// The input is bad for good.
  case badInput = 65
  /// An input is missing: file, key, capture.
  case noInput = 66
  /// Refused by the service, or busy.
  case unavailable = 69
  /// Our bug.
  case software = 70
  /// Try again: I/O, no space, interrupted.
  case tempFail = 75
  case notPermitted = 77
  /// The configuration is wrong.
  case configuration = 78
}

/// A command's failure: what people read, and the exit code.
struct CommandFailure: Error {
  var status: ExitStatus
  var message: String
  /// What to do about it.
  var hint: String?
  /// A short name of the failure for programs.
  var label: String?
  /// The HTTP status and Discord's own code, where Discord said so.
  var http: Int?
  var code: Int?

  init(_ status: ExitStatus, _ message: String, hint: String? = nil, label: String? = nil) {
    self.status = status
    self.message = message
    self.hint = hint
    self.label = label
  }

  /// The failure that an error of a library stands for; nil for errors of the argument parser.
  init?(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as CaptureError: self.init(ExitStatus(error.code), error.message)
    case let error as RenderError: self.init(ExitStatus(error.code), error.message)
    case let error as DiscordError: self.init(error)
    case let error as GatewayError: self.init(error)
    case let error as WebSocketError: self.init(error)
    case let error as RecorderError:
      self.init(
        ExitStatus(rawValue: error.exitCode) ?? .software,
        Terminal.escaped(error.message, limit: 1000), label: error.code.rawValue)
    default: return nil
    }
  }
}

extension ExitStatus {
  init(_ code: CaptureError.Code) {
    self =
      switch code {
      case .notFound, .noKey: .noInput
      case .invalid, .unsupportedVersion, .badKey: .badInput
      case .locked: .unavailable
      case .exists: .usage
      case .noSpace, .io, .cancelled: .tempFail
      case .notPermitted: .notPermitted
      }
  }
}
