/// What a ``VoiceClient`` itself refuses.
public struct VoiceClientError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of error.
  public enum Code: String, Hashable, Sendable {
    /// The channel is in no server.
    case notInServer
    /// A file to speak cannot be read, or is no sound.
    case unreadableSound
    /// There was no voice connection to speak into.
    case notConnected
    /// A recording of the stay runs already.
    case recordsAlready
    /// There is no operator key to seal the recording to.
    case noKey
    /// The recording was stopped already.
    case stopped
  }

  /// What went wrong.
  public let code: Code
  /// A sentence for people.
  public let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The sentence.
  public var description: String { message }
}
