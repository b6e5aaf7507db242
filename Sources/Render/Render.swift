/// Facts about the offline stage as a whole.
public enum Render {
  /// Raised only when the same capture and parameters would give other bytes than before: finished
  /// renders of another version are then stale.
  public static let version = 3
}
