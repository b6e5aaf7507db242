/// When a recording stops by itself. What is nil never stops it.
///
/// The free-space floor is part of ``RecordingOptions/writer``.
public struct StopRules: Sendable, Equatable {
  /// So long after the recorder first was in the channel.
  public var duration: Duration?
  /// At this moment: nanoseconds since the Unix epoch, by the wall clock.
  public var untilUnixNanoseconds: Int64?
  /// When nobody but the recorder has been in the channel for so long.
  public var emptyFor: Duration?
  /// When nobody but bots has been in the channel for so long.
  public var onlyBotsFor: Duration?

  /// No rule: the recording goes on until it is told to stop.
  public init(
    duration: Duration? = nil, untilUnixNanoseconds: Int64? = nil, emptyFor: Duration? = nil,
    onlyBotsFor: Duration? = nil
  ) {
    self.duration = duration
    self.untilUnixNanoseconds = untilUnixNanoseconds
    self.emptyFor = emptyFor
    self.onlyBotsFor = onlyBotsFor
  }
}
