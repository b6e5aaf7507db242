/// The fields of a key log record that are in the clear, and are repeated inside each box so that
/// nobody can move a secret to another user, epoch or connection.
struct KeyRecordHead: Decodable, Hashable, Sendable {
  enum Kind: String, Sendable {
    case transport, sender, profile
  }

  /// The version this build writes; it reads nothing newer.
  static let currentVersion = 1

  var v: Int
  /// The record's number in the capture, from 0, going on over all key files.
  var n: UInt64
  var kind: String
  var connection: UInt32?
  var incarnation: UInt32?
  var epoch: UInt64?
  var user: String?
  /// ISO 8601 in UTC, nanoseconds.
  var time: String

  /// The head of a record that is to be written.
  init(_ record: KeyRecord, number: UInt64) {
    v = Self.currentVersion
    n = number
    time = UTCTime.text(unixNanoseconds: record.time, fractionDigits: 9)
    switch record.content {
    case .transport(let connection, _, _):
      kind = Kind.transport.rawValue
      self.connection = connection
    case .sender(let connection, let incarnation, let epoch, let user, _):
      kind = Kind.sender.rawValue
      self.connection = connection
      self.incarnation = incarnation
      self.epoch = epoch
      self.user = user
    case .profile(let user, _):
      kind = Kind.profile.rawValue
      self.user = user
    }
  }

  /// The members of the JSON object, without braces. Kind, user and time need no escapes.
  var json: String {
    var text = "\"v\":\(v),\"n\":\(n),\"kind\":\"\(kind)\""
    if let connection { text += ",\"connection\":\(connection)" }
    if let incarnation { text += ",\"incarnation\":\(incarnation)" }
    if let epoch { text += ",\"epoch\":\(epoch)" }
    if let user { text += ",\"user\":\"\(user)\"" }
    return text + ",\"time\":\"\(time)\""
  }

  /// Whether the fields of its kind are all there and well-formed. A kind that this build does not
  /// know may have any of them.
  var isSound: Bool {
    guard v == Self.currentVersion, UTCTime.unixNanoseconds(parsing: time) != nil else {
      return false
    }
    switch Kind(rawValue: kind) {
    case .transport: return connection != nil && user == nil
    case .sender:
      return connection != nil && incarnation != nil && epoch != nil
        && user.map(Self.isUserID) == true
    case .profile: return user.map(Self.isUserID) == true
    case nil:
      return (1...32).contains(kind.utf8.count)
        && kind.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
        && (user.map(Self.isUserID) ?? true)
    }
  }

  /// Discord's ids are decimal digits; nothing else may become part of a file name.
  static func isUserID(_ text: String) -> Bool {
    (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}
