public import CaptureLog
internal import Glibc
public import Recorder
public import SystemPackage

extension VoiceClient {
  /// Records the stay from now on: each packet, as it arrived and still encrypted, to a capture folder.
  ///
  /// Listening and speaking go on beside it. **By default a notice is posted in the channel's chat and
  /// the bot's nickname shows that it records**; without a notice, telling people is up to you.
  ///
  /// - Parameters:
  ///   - captures: The folder that the capture's folder is made in; made if need be.
  ///   - recipients: Whom the keys are sealed to; nil: all public keys of this host's key folder, which
  ///     `tapedeck keys new` fills.
  ///   - notice: What people are told; nil: nothing.
  ///   - change: Changes anything else about the recording.
  /// - Returns: The recording; it also ends with the stay.
  /// - Throws: ``VoiceClientError`` with code `noKey` or `recordsAlready`, `CaptureError` for keys that
  ///   cannot be read, `RecorderError`.
  public func startRecording(
    to captures: FilePath, recipients: [OperatorPublicKey]? = nil, notice: Notice? = Notice(),
    _ change: (inout RecordingOptions) -> Void = { _ in }
  ) async throws -> VoiceRecording {
    let recipients = try recipients ?? OperatorKeyStore.standard().publicKeys()
    guard !recipients.isEmpty else {
      throw VoiceClientError(
        .noKey,
        """
        There is no operator key to seal the recording to: make one with `tapedeck keys new`, or \
        with OperatorKey.generate().
        """)
    }
    guard !observer.isRecording else {
      throw VoiceClientError(.recordsAlready, "This stay is recorded already.")
    }
    try Self.makeFolder(captures)
    var options = RecordingOptions(
      guild: guild, channel: channel, captures: captures, recipients: recipients, notice: notice)
    options.followsMoves = configuration.followsMoves
    change(&options)
    let recorder = Recorder(client: client, gateway: gateway, logger: logger)
    let recording = try await recorder.start(options) { [session, observer] recorder in
      SharedStay(session: session, stay: observer, recorder: recorder)
    }
    return VoiceRecording(recording)
  }

  static func makeFolder(_ folder: FilePath) throws {
    var path = FilePath(root: folder.root, [])
    for component in folder.components {
      path.append(component)
      if mkdir(path.string, 0o700) != 0, errno != EEXIST, errno != EISDIR {
        throw Errno(rawValue: errno)
      }
    }
  }
}
