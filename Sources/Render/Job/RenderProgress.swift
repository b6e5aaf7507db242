/// How far a render is.
public struct RenderProgress: Sendable, Equatable {
  public enum Phase: String, Sendable, CaseIterable {
    /// Reading the log for who spoke when.
    case survey
    /// Decoding and writing tracks.
    case tracks
    /// Summing all tracks.
    case mix
    /// Syncing and renaming.
    case commit
  }

  public var phase: Phase
  /// 0 to 1 within the phase.
  public var fraction: Double

  public init(phase: Phase, fraction: Double) {
    self.phase = phase
    self.fraction = fraction
  }
}

/// How a render ended.
public enum RenderOutcome: Sendable, Equatable {
  /// The folder is new.
  case rendered(Manifest)
  /// The same render was there already; nothing was written.
  case alreadyDone(Manifest)

  public var manifest: Manifest {
    switch self {
    case .rendered(let manifest), .alreadyDone(let manifest): manifest
    }
  }
}
