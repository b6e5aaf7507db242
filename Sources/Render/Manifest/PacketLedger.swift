/// Where every packet of a speaker went: ``captured`` is the sum of all the others.
public struct PacketLedger: Codable, Hashable, Sendable {
  /// Packets of the speaker's streams that the capture holds.
  public var captured: UInt64
  /// Decoded and put in their place, silence frames included.
  public var placed: UInt64
  /// The same packet once more.
  public var duplicate: UInt64
  /// Came when their place had been passed (over 5 s or 512 packets behind).
  public var late: UInt64
  /// Outside of the rendered time range.
  public var excluded: UInt64
  public var undecryptable: Undecryptable
  /// Opened, but no Opus.
  public var undecodable: UInt64
  /// Payload types that are no voice, and packets without a payload.
  public var other: UInt64

  /// Packets that could not be opened, by reason.
  public struct Undecryptable: Codable, Hashable, Sendable {
    /// The transport encryption did not open.
    public var transport: UInt64
    /// No key of the sender for that time.
    public var noEpoch: UInt64
    /// The end-to-end tag does not match any key of the sender.
    public var badTag: UInt64
    /// A frame that was opened before.
    public var replay: UInt64
    /// Not end-to-end encrypted although the session was.
    public var notDAVE: UInt64
    /// Nobody is known for the SSRC, so nobody's key opens it.
    public var unmapped: UInt64

    public init(
      transport: UInt64 = 0, noEpoch: UInt64 = 0, badTag: UInt64 = 0, replay: UInt64 = 0,
      notDAVE: UInt64 = 0, unmapped: UInt64 = 0
    ) {
      self.transport = transport
      self.noEpoch = noEpoch
      self.badTag = badTag
      self.replay = replay
      self.notDAVE = notDAVE
      self.unmapped = unmapped
    }

    public var total: UInt64 { transport + noEpoch + badTag + replay + notDAVE + unmapped }

    private enum CodingKeys: String, CodingKey {
      case transport
      case noEpoch = "no_epoch"
      case badTag = "bad_tag"
      case replay
      case notDAVE = "not_dave"
      case unmapped
    }
  }

  public init(
    captured: UInt64 = 0, placed: UInt64 = 0, duplicate: UInt64 = 0, late: UInt64 = 0,
    excluded: UInt64 = 0, undecryptable: Undecryptable = Undecryptable(), undecodable: UInt64 = 0,
    other: UInt64 = 0
  ) {
    self.captured = captured
    self.placed = placed
    self.duplicate = duplicate
    self.late = late
    self.excluded = excluded
    self.undecryptable = undecryptable
    self.undecodable = undecodable
    self.other = other
  }

  /// True when every captured packet is accounted for exactly once.
  public var isBalanced: Bool {
    captured == placed + duplicate + late + excluded + undecryptable.total + undecodable + other
  }
}

/// What became of the frames that never came: ``lost`` is the sum of all the others.
public struct FrameLedger: Codable, Hashable, Sendable {
  /// Frames that the sequence numbers say are missing.
  public var lost: UInt64
  /// Made good from the next packet's in-band error correction.
  public var recovered: UInt64
  /// Filled by the decoder's concealment, at most 100 ms a loss.
  public var concealed: UInt64
  /// Left silent.
  public var silent: UInt64

  public init(lost: UInt64 = 0, recovered: UInt64 = 0, concealed: UInt64 = 0, silent: UInt64 = 0) {
    self.lost = lost
    self.recovered = recovered
    self.concealed = concealed
    self.silent = silent
  }

  /// True when every lost frame is accounted for exactly once.
  public var isBalanced: Bool { lost == recovered + concealed + silent }
}
