/// What an import did.
package struct ImportReport: Sendable, Equatable {
  /// One SSRC, which becomes one track.
  package struct Stream: Sendable, Equatable {
    package var ssrc: UInt32
    package var connection: UInt32
    package var payloadTypes: [UInt8]
    package var packets: UInt64
  }

  /// Something the user should know.
  package struct Warning: Sendable, Equatable {
    /// For programs: a word that stays the same.
    package var code: String
    package var message: String

    static let implausibleTimes = Warning(
      code: "implausible_times",
      message:
        "there is much more audio than there was time for: the recording's times are not those of "
        + "arrival, so packets are taken to arrive when they were due")
    static let unknownStart = Warning(
      code: "unknown_start",
      message:
        "the recording has no times: packets are taken to arrive when they were due, and the "
        + "start follows from when the file was last written; --start sets it")
  }

  package var format: ImportFormat
  package var captureID: String
  /// Arrival of the first packet, in nanoseconds since the Unix epoch.
  package var start: Int64
  /// From the first packet to the end of the last one's audio.
  package var nanoseconds: Int64
  package var streams: [Stream]
  package var counts: ImportCounts
  package var warnings: [Warning]
}

/// What became of everything in a recording; each record and datagram is counted once.
package struct ImportCounts: Sendable, Equatable, Codable {
  /// Opus packets in the capture.
  package var rtp: UInt64 = 0
  /// RTCP of the same senders in the capture.
  package var rtcp: UInt64 = 0
  /// RTP with another payload type, or of senders without Opus.
  package var otherRTP: UInt64 = 0
  /// Datagrams that are no RTP, and RTCP of others.
  package var notRTP: UInt64 = 0
  /// Datagrams of other ports than were asked for.
  package var otherPorts: UInt64 = 0
  /// Frames that hold no UDP.
  package var otherProtocols: UInt64 = 0
  package var fragments: UInt64 = 0
  /// Datagrams that were cut when they were captured.
  package var snapped: UInt64 = 0
  /// Frames with contradicting lengths.
  package var malformed: UInt64 = 0
  package var unknownLinkTypes: UInt64 = 0
  /// Ranges of the file that are no sound records, and their bytes.
  package var damages: UInt64 = 0
  package var damagedBytes: UInt64 = 0

  package init() {}

  private enum CodingKeys: String, CodingKey {
    case rtp, rtcp
    case otherRTP = "other_rtp"
    case notRTP = "not_rtp"
    case otherPorts = "other_ports"
    case otherProtocols = "other_protocols"
    case fragments, snapped, malformed
    case unknownLinkTypes = "unknown_link_types"
    case damages
    case damagedBytes = "damaged_bytes"
  }

  mutating func count(_ cause: SkipCause) {
    switch cause {
    case .fragment: fragments += 1
    case .snapped: snapped += 1
    case .otherProtocol: otherProtocols += 1
    case .malformed: malformed += 1
    case .unknownLinkType: unknownLinkTypes += 1
    }
  }

  mutating func count(damage: Range<Int64>) {
    damages += 1
    damagedBytes += UInt64(damage.count)
  }

  /// What of it the user should know.
  var warnings: [ImportReport.Warning] {
    func plural(_ count: UInt64, _ one: String, _ many: String) -> String {
      "\(count) \(count == 1 ? one : many)"
    }
    var warnings: [ImportReport.Warning] = []
    if damages > 0 {
      warnings.append(
        .init(
          code: "damaged",
          message: plural(damages, "damaged range", "damaged ranges")
            + ", \(damagedBytes) bytes in all, left out"))
    }
    if snapped > 0 {
      warnings.append(
        .init(
          code: "snapped",
          message: plural(snapped, "datagram was", "datagrams were")
            + " cut by the capturing program, left out; capture with snap length 0"))
    }
    if fragments > 0 {
      warnings.append(
        .init(
          code: "fragments",
          message: plural(fragments, "fragment of an IP packet", "fragments of IP packets")
            + " left out"))
    }
    if unknownLinkTypes > 0 {
      warnings.append(
        .init(
          code: "unknown_link_type",
          message: plural(unknownLinkTypes, "frame", "frames") + " of an unknown link type left out"
        ))
    }
    return warnings
  }
}
