/// Why a recording did not begin.
public struct RecorderError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kinds of failure: stable names, for programs.
  public enum Code: String, Sendable {
    /// The options make no sense (exit 64).
    case usage
    /// The channel, the capture or a file is not there, or there is no key (exit 66).
    case notFound = "not_found"
    /// This bot records in the guild already, or another process the capture (exit 69).
    case busy
    /// The channel is full (exit 69).
    case channelFull = "channel_full"
    /// Discord demands end-to-end encryption and does not take ours, close code 4017 (exit 69).
    case encryptionRequired = "encryption_required"
    /// Discord asks to stay away for a while (exit 69).
    case refused
    /// Our bug, or a protocol error (exit 70).
    case `internal`
    /// I/O, no space, network: try again (exit 75).
    case temporary
    /// Not allowed to join, to post the notice, or to write (exit 77).
    case notPermitted = "not_permitted"
  }

  /// What kind of failure.
  public var code: Code
  /// One sentence: what is wrong and what to do next.
  public var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The exit code of the command line.
  public var exitCode: Int32 {
    switch code {
    case .usage: 64
    case .notFound: 66
    case .busy, .channelFull, .encryptionRequired, .refused: 69
    case .internal: 70
    case .temporary: 75
    case .notPermitted: 77
    }
  }

  public var description: String { message }
}
