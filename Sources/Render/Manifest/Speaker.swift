extension Manifest {
  /// One track.
  public struct Speaker: Codable, Hashable, Sendable {
    /// The file's stem: the user's id, or `ssrc-<n>` for somebody never learned.
    public var id: String
    public var userID: String?
    public var names: Names
    public var bot: Bool
    /// Name of the file in the folder.
    public var file: String
    public var samples: Int64
    /// Over the speech only: for each spurt its offset and length in samples, both as 64-bit
    /// little-endian integers, and its bytes as 16-bit little-endian samples. With `digest` `file`
    /// the plain SHA-256 of the file.
    public var sha256: String
    /// Samples within spurts.
    public var speechSamples: Int64
    /// How many spurts; they are listed in `spurts.jsonl`.
    public var spurts: Int
    /// The speech, cut for recognisers: at most 28 s each.
    public var segments: [SampleRange]
    /// The SSRCs that the track was made of.
    public var streams: [Stream]
    public var packets: PacketLedger
    public var frames: FrameLedger
    /// Gaps of 100 ms and more, the first 1,000; all are in `gaps.jsonl`.
    public var gaps: [Gap]
    /// All gaps, also those not listed here.
    public var gapTotals: GapTotals
    public var clock: Clock
    /// Largest absolute sample, 1 is full scale; above 1 before clipping.
    public var peak: Double
    public var clippedSamples: Int64
    /// Only with the option.
    public var loudness: Loudness?

    private enum CodingKeys: String, CodingKey {
      case id
      case userID = "user_id"
      case names, bot, file, samples, sha256
      case speechSamples = "speech_samples"
      case spurts, segments, streams, packets, frames, gaps
      case gapTotals = "gap_totals"
      case clock, peak
      case clippedSamples = "clipped_samples"
      case loudness
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(id, forKey: .id)
      try container.encode(userID, forKey: .userID)
      try container.encode(names, forKey: .names)
      try container.encode(bot, forKey: .bot)
      try container.encode(file, forKey: .file)
      try container.encode(samples, forKey: .samples)
      try container.encode(sha256, forKey: .sha256)
      try container.encode(speechSamples, forKey: .speechSamples)
      try container.encode(spurts, forKey: .spurts)
      try container.encode(segments, forKey: .segments)
      try container.encode(streams, forKey: .streams)
      try container.encode(packets, forKey: .packets)
      try container.encode(frames, forKey: .frames)
      try container.encode(gaps, forKey: .gaps)
      try container.encode(gapTotals, forKey: .gapTotals)
      try container.encode(clock, forKey: .clock)
      try container.encode(peak, forKey: .peak)
      try container.encode(clippedSamples, forKey: .clippedSamples)
      try container.encodeIfPresent(loudness, forKey: .loudness)
    }
  }

  /// What a user calls themself; anything may be unknown.
  public struct Names: Codable, Hashable, Sendable {
    public var nick: String?
    public var global: String?
    public var username: String?

    public init(nick: String? = nil, global: String? = nil, username: String? = nil) {
      self.nick = nick
      self.global = global
      self.username = username
    }

    /// The name that other members see.
    public var display: String? { nick ?? global ?? username }

    private enum CodingKeys: String, CodingKey { case nick, global, username }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(nick, forKey: .nick)
      try container.encode(global, forKey: .global)
      try container.encode(username, forKey: .username)
    }
  }

  /// One SSRC of a speaker on one voice connection.
  public struct Stream: Codable, Hashable, Sendable {
    public var connection: UInt32
    public var ssrc: UInt32
    public var start: Int64
    public var end: Int64

    public init(connection: UInt32, ssrc: UInt32, start: Int64, end: Int64) {
      self.connection = connection
      self.ssrc = ssrc
      self.start = start
      self.end = end
    }
  }

  /// Speech that is missing in the track.
  public struct Gap: Codable, Hashable, Sendable {
    public var start: Int64
    public var end: Int64
    /// `loss` (never arrived, or too late), `undecryptable` or `undecodable`.
    public var cause: String

    public init(start: Int64, end: Int64, cause: String) {
      self.start = start
      self.end = end
      self.cause = cause
    }
  }

  public struct GapTotals: Codable, Hashable, Sendable {
    public var count: Int
    public var samples: Int64

    public init(count: Int = 0, samples: Int64 = 0) {
      self.count = count
      self.samples = samples
    }
  }

  /// How the sender's clock runs against the session clock.
  public struct Clock: Codable, Hashable, Sendable {
    /// Where the first packet was placed, less where it arrived; below zero when it was held up.
    public var offsetSamples: Int64
    /// How much faster the sender's clock runs, in parts per million.
    public var ppm: Double
    /// How far the least delays, each of up to 2 s, lie from the fitted clock: the median, in
    /// milliseconds.
    public var residualMilliseconds: Double

    public init(offsetSamples: Int64, ppm: Double, residualMilliseconds: Double) {
      self.offsetSamples = offsetSamples
      self.ppm = ppm
      self.residualMilliseconds = residualMilliseconds
    }

    private enum CodingKeys: String, CodingKey {
      case offsetSamples = "offset_samples"
      case ppm
      case residualMilliseconds = "residual_ms"
    }
  }

  /// EBU R 128 of the speech.
  public struct Loudness: Codable, Hashable, Sendable {
    /// Integrated loudness in LUFS; nil when too little was said.
    public var integrated: Double?
    /// True peak in dBTP; nil for silence.
    public var truePeak: Double?

    public init(integrated: Double?, truePeak: Double?) {
      self.integrated = integrated
      self.truePeak = truePeak
    }

    private enum CodingKeys: String, CodingKey {
      case integrated = "integrated_lufs"
      case truePeak = "true_peak_dbtp"
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(integrated, forKey: .integrated)
      try container.encode(truePeak, forKey: .truePeak)
    }
  }
}
