/// What an export takes, and how it names it.
public struct ExportOptions: Sendable {
  /// Where the speech is cut.
  public enum Pieces: String, CaseIterable, Sendable {
    /// The manifest's segments: at most 28 s, padded, pauses of up to 2 s bridged. For recognisers.
    case segments
    /// Speech with pauses of up to 0.3 s bridged, as NIST scores it. For diarization.
    case turns
    /// Every talk spurt by itself.
    case spurts
    /// Each track as one piece, from its first sample to its last.
    case whole
  }

  /// How the export comes to the tracks.
  public enum Audio: String, CaseIterable, Sendable {
    /// By the absolute paths of the renders.
    case path
    /// By hard links, or copies where the file system has none, in the export's folder `audio`:
    /// paths are relative, and the export can be moved.
    case link
  }

  /// How speech is dealt out.
  public enum Split: String, CaseIterable, Sendable {
    /// Each speaker, with all sessions, to one part.
    case speaker
    /// Each session to one part; sessions that share a speaker stay together.
    case session
  }

  /// A part of a split.
  public struct Part: Hashable, Sendable {
    /// A folder's name.
    public var name: String
    /// Its share of all weights.
    public var weight: Double

    public init(name: String, weight: Double) {
      self.name = name
      self.weight = weight
    }
  }

  /// nil: what the format is for, see ``ExportFormat/usualPieces``.
  public var pieces: Pieces?
  public var audio = Audio.path
  public var split: Split?
  /// The parts of a split.
  public var parts = [
    Part(name: "train", weight: 80), Part(name: "dev", weight: 10), Part(name: "test", weight: 10),
  ]
  /// Tracks with less speech are left out; seconds.
  public var minimumSpeech: Double = 0
  /// Tracks that lost more of their frames are left out; 0 to 1.
  public var maximumLoss: Double = 1
  public var includesBots = false
  /// Secret bytes, at least 16: speakers and sessions get names made of these and their ids, and
  /// nothing in the export tells who they are. nil: they are named by their ids.
  public var pseudonymKey: [UInt8]?
  /// Replace a finished export made of other sessions or with other options.
  public var force = false

  public init() {}
}

extension ExportFormat {
  /// How speech is cut where nobody says: formats for recognisers get segments, those that tell who
  /// spoke when get turns.
  public var usualPieces: ExportOptions.Pieces {
    switch self {
    case .nemo, .lhotse, .kaldi, .speechbrain: .segments
    case .nemoDiarization, .rttm, .uem, .audacity, .textgrid: .turns
    case .audiofolder: .segments
    }
  }
}
