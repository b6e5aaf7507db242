internal import CaptureLog
public import SystemPackage

/// A recording that runs.
public final class Recording: Sendable {
  private let core: RecordingCore

  init(_ core: RecordingCore) { self.core = core }

  /// The capture's folder.
  public var folder: FilePath { core.writer.folder }

  /// How it stands.
  public var status: RecordingStatus { core.status }

  /// What happens from now on, a subscription of its own each time; the oldest are dropped when
  /// nobody takes them. The first also gets the warnings and alerts from before it. It ends with ``RecordingUpdate/ended(_:)``.
  public var updates: AsyncStream<RecordingUpdate> { core.hub.subscribe() }

  /// Notes a moment in the capture.
  ///
  /// - Parameter note: A few words, which stand in the capture in the clear.
  public func mark(_ note: String? = nil) { core.mark(note) }

  /// Leaves the channel and finishes the capture; returns when all is done, or given up after
  /// the deadlines for it. Calls after the first wait for the same end.
  ///
  /// - Parameter reason: For the capture's events: `stopped`, `signal`, ….
  @discardableResult
  public func stop(reason: String = "stopped") async -> RecordingEnd {
    core.requestStop(
      RecordingCore.StopRequest(
        reason: .stopped, word: reason, message: "the recording was stopped", exitCode: nil))
    return await end()
  }

  /// Waits for the end, however it comes.
  public func end() async -> RecordingEnd { await core.end.value }

  /// Datagrams in segments so far, for tests.
  package var packetsOnDisk: UInt64 { core.writer.status.packetsStored }

  /// Does what is done twice a second: for tests, whose clock stands still.
  package func tick() { core.tick() }
}
