/// When users were heard on the SSRCs that the server named them for.
///
/// A user sends on one SSRC at a time. While somebody is heard on a named one, another SSRC that the
/// own key opens is a member's who speaks with that key, which every member holds.
struct NamedTimes {
  private struct Place: Hashable {
    var connection: UInt32
    var user: String
  }

  private var times: [Place: [ClosedRange<Int64>]] = [:]

  init(_ streams: [StreamSurvey]) {
    for stream in streams where stream.audioPackets > 0 {
      guard let user = stream.user else { continue }
      times[Place(connection: stream.connection, user: user), default: []]
        .append(Self.times(stream))
    }
  }

  /// Whether a user was heard elsewhere while this stream was.
  func isElsewhere(_ user: String, during stream: ClosedRange<Int64>, connection: UInt32) -> Bool {
    times[Place(connection: connection, user: user)]?.contains { $0.overlaps(stream) } ?? false
  }

  static func times(_ stream: StreamSurvey) -> ClosedRange<Int64> {
    stream.firstArrival...max(stream.firstArrival, stream.lastArrival)
  }
}
