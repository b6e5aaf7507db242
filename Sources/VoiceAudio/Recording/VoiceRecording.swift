public import CaptureLog
public import DiscordREST
public import Recorder
public import Render
public import SystemPackage
internal import Threads

/// A recording of a ``VoiceClient``'s stay.
///
/// ```swift
/// let recording = try await voice.startRecording(to: "captures")
/// …
/// let tracks = try await recording.stop(render: "tracks")
/// ```
public final class VoiceRecording: Sendable {
  private let recording: Recording

  init(_ recording: Recording) { self.recording = recording }

  /// The capture's folder.
  public var capture: FilePath { recording.folder }

  /// How the recording stands.
  public var status: RecordingStatus { recording.status }

  /// What happens in the recording from now on.
  public var updates: AsyncStream<RecordingUpdate> { recording.updates }

  /// Notes a moment in the capture.
  ///
  /// - Parameter note: A few words; they stand in the capture in the clear.
  public func mark(_ note: String? = nil) { recording.mark(note) }

  /// Ends the recording and finishes its capture; the stay goes on.
  ///
  /// - Returns: How it ended.
  @discardableResult
  public func stop() async -> RecordingEnd { await recording.stop() }

  /// Ends the recording and makes its tracks: a file for each speaker, all of one length and aligned.
  ///
  /// - Parameters:
  ///   - root: The folder in which one is made that is named as the capture.
  ///   - keys: What opens the capture; nil: all private keys of this host's key folder.
  ///   - options: How to render: 16 kHz mono WAV unless told otherwise.
  /// - Returns: The tracks' files by user. Someone whose SSRC was never named has a file in the folder,
  ///   but is not in here; so is the manifest, which tells more of each.
  /// - Throws: `RenderError`, `CaptureError`; the capture is complete then and can be rendered later.
  public func stop(
    render root: FilePath, keys: [OperatorKey]? = nil, options: RenderOptions = .init()
  ) async throws -> [ID<User>: FilePath] {
    let capture = await stop().capture
    let folder = root.appending(capture.lastComponent?.string ?? "capture")
    let job = RenderJob(
      capture: capture, output: folder,
      keys: try keys ?? OperatorKeyStore.standard().privateKeys(), options: options)
    try VoiceClient.makeFolder(root)
    let manifest = try await Self.run(job)
    var tracks: [ID<User>: FilePath] = [:]
    for speaker in manifest.speakers {
      guard let user = speaker.userID.flatMap({ ID<User>($0) }) else { continue }
      tracks[user] = folder.appending(speaker.file)
    }
    return tracks
  }

  /// Renders on a thread of its own: it takes seconds to minutes, and must not hold up the
  /// concurrency pool. A cancelled task stops the render.
  private static func run(_ job: RenderJob) async throws -> Manifest {
    let cancellation = RenderCancellation()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        do {
          _ = try JoinableThread {
            continuation.resume(
              with: Result { try job.run(cancellation: cancellation).manifest })
          }
        } catch {
          continuation.resume(throwing: error)
        }
      }
    } onCancel: {
      cancellation.cancel()
    }
  }
}
