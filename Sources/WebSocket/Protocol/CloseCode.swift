/// The rules for status codes of close frames (RFC 6455 section 7.4 and IANA's registry).
enum CloseCode {
  static let normal: UInt16 = 1000
  static let goingAway: UInt16 = 1001
  static let protocolError: UInt16 = 1002
  static let invalidText: UInt16 = 1007
  static let messageTooBig: UInt16 = 1009

  /// The longest reason: a control frame's 125 bytes less those of the code.
  static let maximumReasonBytes = 123

  /// Whether an endpoint may send this code in a frame.
  static func mayBeSent(_ code: UInt16) -> Bool {
    switch code {
    // 1004 is reserved; 1005, 1006 and 1015 stand for what happened without a frame.
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }

  /// As much of a reason as fits into a frame.
  static func fitting(_ reason: String) -> String {
    guard reason.utf8.count > maximumReasonBytes else { return reason }
    var count = 0
    return String(
      reason.prefix { character in
        count += character.utf8.count
        return count <= maximumReasonBytes
      })
  }
}
