/// Whose the packets of some SSRCs are, where the keys that open them told more than the server.
struct StreamOwners: Sendable {
  /// From this packet of the log on the SSRC is this user's.
  struct Span: Sendable, Equatable {
    var firstPacket: UInt64
    var user: String
    /// The server did not say so, or said it at another time.
    var isLearned: Bool
  }

  /// By connection and SSRC (``StreamKey``), ascending; those that are here are whole.
  private var spans: [UInt64: [Span]] = [:]

  var isEmpty: Bool { spans.isEmpty }

  subscript(key: UInt64) -> [Span]? {
    get { spans[key] }
    set { spans[key] = newValue }
  }
}

/// The server said that an SSRC is another user's than before.
package struct Handover: Sendable, Equatable {
  package var connection: UInt32
  package var ssrc: UInt32
  package var from: String
  package var to: String
  /// Nanoseconds since the Unix epoch, session clock.
  package var time: Int64
  /// The first packet of the log behind it.
  package var packet: UInt64
}
