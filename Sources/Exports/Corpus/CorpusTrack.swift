internal import Render

/// One speaker's track of one session, as formats write it.
struct CorpusTrack: Codable, Equatable {
  /// The speaker's label.
  var speaker: String
  /// The session's label.
  var session: String
  /// Absolute path of the audio in the render.
  var audio: String
  /// Samples a second.
  var sampleRate: Int
  /// Length of the file.
  var samples: Int64
  /// Where the speech is: in order, within the file, not overlapping, not empty.
  var pieces: [SampleRange]

  /// The track's name in the export. Sorted by it, tracks are also sorted by their speakers, since no
  /// label has a character below the hyphen or a hyphen itself.
  var recording: String { "\(speaker)-\(session)" }

  /// The name of a piece: the speaker is its beginning, times are padded so that names sort as times
  /// do.
  func utterance(_ piece: SampleRange) -> String {
    "\(recording)-\(Self.padded(piece.start))-\(Self.padded(piece.end))"
  }

  func seconds(_ samples: Int64, decimals: Int = 6) -> String {
    Seconds.text(samples, rate: sampleRate, decimals: decimals)
  }

  private static func padded(_ number: Int64) -> String {
    let digits = String(number)
    // 48 kHz fill ten digits after 57 hours.
    return String(repeating: "0", count: max(0, 10 - digits.count)) + digits
  }
}

/// What a format needs to know of a session as a whole.
struct CorpusSession: Equatable {
  /// The session's label.
  var label: String
  var sampleRate: Int
  /// Length of all its files.
  var samples: Int64
  /// Absolute path of the mix, when the render made one.
  var mix: String?
}
