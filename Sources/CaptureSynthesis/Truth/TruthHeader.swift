/// The first line of a truth file.
package struct TruthHeader: Sendable, Equatable, Codable {
  package static let currentSchema = "tapedeck.truth/1"

  package struct Speaker: Sendable, Equatable, Codable {
    package var user: String
    package var username: String
    package var voice: Int
    package var ppm: Double
    package var timestamps: TimestampPolicy
    package var isMapped: Bool

    private enum CodingKeys: String, CodingKey {
      case user, username, voice, ppm, timestamps
      case isMapped = "mapped"
    }
  }

  package var schema = TruthHeader.currentSchema
  package var scenario: String
  package var seed: UInt64
  /// The session's zero, ns since the Unix epoch: times of the records count from it.
  package var startUnixNanoseconds: Int64
  /// Nanoseconds.
  package var duration: Int64
  package var speakers: [Speaker]

  package init(_ plan: CapturePlan, startUnixNanoseconds: Int64) {
    scenario = plan.name
    seed = plan.seed
    self.startUnixNanoseconds = startUnixNanoseconds
    duration = plan.duration
    speakers = plan.speakers.map {
      Speaker(
        user: $0.user, username: $0.username, voice: $0.voice, ppm: $0.sender.ppm,
        timestamps: $0.sender.timestamps, isMapped: $0.mapping != .never)
    }
  }

  private enum CodingKeys: String, CodingKey {
    case schema, scenario, seed, duration, speakers
    case startUnixNanoseconds = "start_unix_ns"
  }
}

/// What a capture holds in the end, by kind of datagram: the last line of a truth file.
package struct SynthesisCounts: Sendable, Equatable, Codable {
  /// RTP packets of speakers, duplicates included.
  package var speech: UInt64 = 0
  /// Of those, further copies.
  package var duplicates: UInt64 = 0
  /// Packets lost in the network, and those that came when nobody listened.
  package var lost: UInt64 = 0
  package var reports: UInt64 = 0
  /// Both directions.
  package var keepalives: UInt64 = 0
  package var discovery: UInt64 = 0
  package var noise: [String: UInt64] = [:]
  package var events: UInt64 = 0
  /// UDP payload bytes of everything.
  package var bytes: UInt64 = 0
  /// The most items that were under way at once: what memory holds, whatever the length.
  package var highWater = 0

  package init() {}

  /// All datagrams.
  package var datagrams: UInt64 {
    speech + reports + keepalives + discovery + noise.values.reduce(0, +)
  }

  private enum CodingKeys: String, CodingKey {
    case speech, duplicates, lost, reports, keepalives, discovery, noise, events, bytes
    case highWater = "high_water"
  }
}
