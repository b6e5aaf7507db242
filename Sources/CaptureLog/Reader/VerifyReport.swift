/// What verifying a capture found.
public struct VerifyReport: Codable, Sendable, Equatable {
  /// One segment's counts.
  public struct Segment: Codable, Sendable, Equatable {
    public var name: String
    public var bytes: Int64
    /// Sound blocks, headers included.
    public var blocks: UInt64 = 0
    public var packets: UInt64 = 0
    public var events: UInt64 = 0
  }

  /// Something wrong with a file that is no segment.
  public struct Problem: Codable, Sendable, Equatable {
    public var file: String
    /// Line, from 1; nil when the whole file is meant.
    public var line: Int?
    public var message: String
    /// ``CaptureRecovery`` makes a copy without it.
    public var recoverable: Bool
  }

  /// The capture's id.
  public var capture: String
  /// See ``CaptureReader/isComplete``.
  public var complete: Bool
  /// A process was writing it.
  public var live: Bool
  public var segments: [Segment] = []
  /// Every damaged or missing range, in the order of the capture; adjacent ones of the same cause
  /// are one.
  public var damages: [CaptureDamage] = []
  public var problems: [Problem] = []
  /// Whole lines of the key logs.
  public var keyRecords: UInt64 = 0

  private enum CodingKeys: String, CodingKey {
    case capture, complete, live, segments, damages, problems
    case keyRecords = "key_records"
  }

  /// Nothing is damaged and nothing is missing.
  public var isSound: Bool { damages.isEmpty && problems.isEmpty }

  /// ``CaptureRecovery`` makes a copy with less wrong with it.
  public var isRecoverable: Bool {
    !damages.isEmpty || problems.contains { $0.recoverable }
  }

  public var blocks: UInt64 { segments.reduce(0) { $0 &+ $1.blocks } }
  public var packets: UInt64 { segments.reduce(0) { $0 &+ $1.packets } }
  public var events: UInt64 { segments.reduce(0) { $0 &+ $1.events } }
  public var bytes: Int64 { segments.reduce(0) { $0 &+ $1.bytes } }
  /// Bytes in damaged ranges.
  public var damagedBytes: Int64 { damages.reduce(0) { $0 &+ $1.length } }
  /// Blocks whose numbers are missing.
  public var missingBlocks: UInt64 {
    damages.reduce(0) { sum, damage in
      let (result, overflow) = sum.addingReportingOverflow(damage.missing)
      return overflow ? .max : result
    }
  }

  mutating func add(_ damage: CaptureDamage) {
    if let last = damages.last, last.cause == damage.cause, last.segment == damage.segment,
      last.length > 0, damage.length > 0, last.offset + last.length == damage.offset
    {
      damages[damages.count - 1].length += damage.length
      damages[damages.count - 1].missing &+= damage.missing
    } else {
      damages.append(damage)
    }
  }
}
