internal import FoundationEssentials

/// What a section header's comment says about the capture: enough to bridge a lost `session.json`.
package struct SegmentHeader: Codable, Sendable, Equatable {
  /// `segment/1`.
  package var schema: String
  /// The capture's id.
  package var capture: String
  package var segment: UInt32
  package var bootID: String?
  /// Session start, nanoseconds since the Unix epoch, a decimal string.
  package var startUnixNanoseconds: String
  /// Facts that the capture's id does not tell.
  package var source: String?
  package var encryptedAtRest: Bool?

  private enum CodingKeys: String, CodingKey {
    case schema = "tapedeck"
    case capture, segment
    case bootID = "boot_id"
    case startUnixNanoseconds = "start_unix_ns"
    case source
    case encryptedAtRest = "encrypted_at_rest"
  }

  package init(session: SessionInfo, segment: UInt32) {
    schema = SegmentFormat.schema
    capture = session.id
    self.segment = segment
    bootID = session.bootID
    startUnixNanoseconds = session.startUnixNanoseconds
    source = session.source
    encryptedAtRest = session.encryptedAtRest
  }

  /// The comment's text.
  var comment: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings and numbers only: encoding cannot fail.
    return (try? encoder.encode(self)).map { [UInt8]($0) } ?? []
  }

  /// Nil when the comment is none of ours.
  init?(comment: [UInt8]) {
    guard let header = try? JSONDecoder().decode(Self.self, from: Data(comment)) else { return nil }
    self = header
  }
}
