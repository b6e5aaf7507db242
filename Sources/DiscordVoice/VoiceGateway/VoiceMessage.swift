internal import JSONValues

/// A message of the voice gateway (version 8).
enum VoiceMessage: Hashable, Sendable {
  /// Op 8; nil: an interval that is none to keep to.
  case hello(Duration?)
  /// Op 2.
  case ready(ssrc: UInt32, address: String, port: UInt16, modes: [String])
  /// Op 4.
  case sessionDescription(mode: String, key: [UInt8], daveVersion: Int)
  /// Op 5.
  case speaking(user: UInt64, ssrc: UInt32, flags: Int)
  /// Op 6.
  case heartbeatAcknowledged
  /// Op 9.
  case resumed
  /// Op 11.
  case clientsConnected([UInt64])
  /// Op 12: the SSRCs of someone's camera, and that of the voice when it is told.
  case video(user: UInt64, audio: UInt32?, ssrcs: [UInt32])
  /// Op 13.
  case clientDisconnected(UInt64)
  /// Op 21.
  case prepareTransition(id: UInt16, version: Int)
  /// Op 22.
  case executeTransition(id: UInt16)
  /// Op 24.
  case prepareEpoch(epoch: UInt64, version: Int)
  /// Op 25.
  case externalSender([UInt8])
  /// Op 27.
  case proposals([UInt8])
  /// Op 29.
  case commit(transition: UInt16, [UInt8])
  /// Op 30.
  case welcome(transition: UInt16, [UInt8])
  /// An operation of which nothing is needed here: codecs, flags, platforms, wants of video.
  case passedOver(op: Int)
  case unknown(op: Int, isBinary: Bool)

  /// Why a message is none.
  struct Unreadable: Error, Hashable {
    var reason: String
  }

  /// Deeper nesting than this is refused.
  static let maximumDepth = 64
  /// Larger messages are refused unread.
  static let maximumBytes = 1 << 20
  /// More users or SSRCs in one message are not taken.
  static let maximumList = 10_000

  /// A binary message: sequence number, opcode, payload.
  static func parse(
    binary bytes: [UInt8]
  ) throws(Unreadable) -> (message: VoiceMessage, sequence: Int64) {
    guard bytes.count >= 3 else { throw Unreadable(reason: "a binary message of no opcode") }
    guard bytes.count <= maximumBytes else { throw Unreadable(reason: "too large") }
    let sequence = Int64(bytes[0]) << 8 | Int64(bytes[1])
    let payload = Array(bytes[3...])
    switch bytes[2] {
    case 25: return (.externalSender(payload), sequence)
    case 27: return (.proposals(payload), sequence)
    case 29, 30:
      guard payload.count >= 2 else { throw Unreadable(reason: "no transition id") }
      let id = UInt16(payload[0]) << 8 | UInt16(payload[1])
      let rest = Array(payload[2...])
      let message: VoiceMessage =
        bytes[2] == 29 ? .commit(transition: id, rest) : .welcome(transition: id, rest)
      return (message, sequence)
    default: return (.unknown(op: Int(bytes[2]), isBinary: true), sequence)
    }
  }

  /// A text message: JSON with `op`, `d` and perhaps `seq`.
  static func parse(
    text: String
  ) throws(Unreadable) -> (message: VoiceMessage, sequence: Int64?) {
    guard text.utf8.count <= maximumBytes else { throw Unreadable(reason: "too large") }
    let json: JSONValue
    do {
      json = try JSONValue(parsing: Array(text.utf8), maximumDepth: maximumDepth)
    } catch {
      throw Unreadable(reason: "not JSON, or nested too deep")
    }
    guard let op = json["op"]?.integer, (0...Int64(Int32.max)).contains(op) else {
      throw Unreadable(reason: "no op")
    }
    // Beyond 2^53 numbers are not exact everywhere; the gateway's have 16 bits.
    let sequence = json["seq"]?.integer.flatMap { (0...1 << 53).contains($0) ? $0 : nil }
    guard let message = VoiceMessage(op: Int(op), json["d"] ?? .null) else {
      throw Unreadable(reason: "op \(op) without what belongs to it")
    }
    return (message, sequence)
  }
}
