/// Where every packet of a speaker went: ``captured`` is the sum of all the others.
public struct PacketLedger: Codable, Hashable, Sendable {
  /// Packets of the speaker's streams that the capture holds.
  public var captured: Int64
  /// Decoded and put in their place, silence frames included.
  public var placed: Int64
  /// The same packet once more.
  public var duplicate: Int64
  /// Came when their place had been passed (over 5 s or 512 packets behind).
  public var late: Int64
  /// Outside of the rendered time range.
  public var excluded: Int64
  public var undecryptable: Undecryptable
  /// Opened, but no Opus.
  public var undecodable: Int64
  /// Payload types that are no voice, and packets without a payload.
  public var other: Int64

  /// Packets that could not be opened, by reason.
  public struct Undecryptable: Codable, Hashable, Sendable {
    /// The transport encryption did not open.
    public var transport: Int64
    /// No key of the sender for that time.
    public var noEpoch: Int64
    /// The end-to-end tag does not match any key of the sender.
    public var badTag: Int64
    /// A frame that was opened before.
    public var replay: Int64
    /// Not end-to-end encrypted although the session was.
    public var notDAVE: Int64
    /// Nobody is known for the SSRC, so nobody's key opens it.
    public var unmapped: Int64

    public init(
      transport: Int64 = 0, noEpoch: Int64 = 0, badTag: Int64 = 0, replay: Int64 = 0,
      notDAVE: Int64 = 0, unmapped: Int64 = 0
    ) {
      self.transport = transport
      self.noEpoch = noEpoch
      self.badTag = badTag
      self.replay = replay
      self.notDAVE = notDAVE
      self.unmapped = unmapped
    }

    public var total: Int64 { transport + noEpoch + badTag + replay + notDAVE + unmapped }

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
    captured: Int64 = 0, placed: Int64 = 0, duplicate: Int64 = 0, late: Int64 = 0,
    excluded: Int64 = 0, undecryptable: Undecryptable = Undecryptable(), undecodable: Int64 = 0,
    other: Int64 = 0
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
  public var lost: Int64
  /// Made good from the next packet's in-band error correction.
  public var recovered: Int64
  /// Filled by the decoder's concealment, at most 100 ms a loss.
  public var concealed: Int64
  /// Left silent.
  public var silent: Int64

  public init(lost: Int64 = 0, recovered: Int64 = 0, concealed: Int64 = 0, silent: Int64 = 0) {
    self.lost = lost
    self.recovered = recovered
    self.concealed = concealed
    self.silent = silent
  }

  /// True when every lost frame is accounted for exactly once.
  public var isBalanced: Bool { lost == recovered + concealed + silent }
}

extension PacketLedger {
  package static func += (ledger: inout PacketLedger, other: PacketLedger) {
    ledger.captured += other.captured
    ledger.placed += other.placed
    ledger.duplicate += other.duplicate
    ledger.late += other.late
    ledger.excluded += other.excluded
    ledger.undecryptable.transport += other.undecryptable.transport
    ledger.undecryptable.noEpoch += other.undecryptable.noEpoch
    ledger.undecryptable.badTag += other.undecryptable.badTag
    ledger.undecryptable.replay += other.undecryptable.replay
    ledger.undecryptable.notDAVE += other.undecryptable.notDAVE
    ledger.undecryptable.unmapped += other.undecryptable.unmapped
    ledger.undecodable += other.undecodable
    ledger.other += other.other
  }
}

extension FrameLedger {
  package static func += (ledger: inout FrameLedger, other: FrameLedger) {
    ledger.lost += other.lost
    ledger.recovered += other.recovered
    ledger.concealed += other.concealed
    ledger.silent += other.silent
  }
}
