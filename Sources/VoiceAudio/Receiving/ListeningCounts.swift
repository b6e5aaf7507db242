/// What became of the packets that were listened to; they are only opened while somebody reads frames
/// or PCM.
public struct ListeningCounts: Hashable, Sendable {
  /// Sound packets that came.
  public internal(set) var packets = 0
  /// Frames given out.
  public internal(set) var frames = 0
  /// Packets that the connection's key does not open: forged, or damaged on the way.
  public internal(set) var notAuthentic = 0
  /// Frames whose speaker did not become known within 2 s.
  public internal(set) var unmapped = 0
  /// Frames that no end-to-end key opened within 2 s.
  public internal(set) var undecryptable = 0
  /// Frames without end-to-end encryption in an encrypted call: they are not decoded.
  public internal(set) var notEncrypted = 0
  /// Packets that came twice.
  public internal(set) var duplicates = 0
  /// Packets that came after the frames behind them had been given out.
  public internal(set) var late = 0
  /// Frames that never came, within speech.
  public internal(set) var lost = 0
  /// Packets that were not opened in time, as this computer was too busy.
  public internal(set) var overrun = 0
  /// Anything else on the socket: video, unknown payloads, damaged headers.
  public internal(set) var other = 0

  /// No packets yet.
  public init() {}
}
