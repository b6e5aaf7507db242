/// What an export made.
public struct ExportReport: Sendable, Equatable {
  /// Why a track is not in the export.
  public enum Omission: String, CaseIterable, Sendable {
    /// Nothing was said.
    case silent
    /// A bot's, see ``ExportOptions/includesBots``.
    case bot
    /// Of a user who objected to being recorded.
    case objected
    /// Too little speech.
    case speech = "min_speech"
    /// Too many frames lost.
    case loss = "max_loss"
  }

  /// False when the same export was there already.
  public var isNew: Bool
  public var sessions: Int
  public var tracks: Int
  public var pieces: Int
  public var omitted: [Omission: Int]
}
