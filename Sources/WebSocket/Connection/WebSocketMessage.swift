/// A whole message, its fragments put together (RFC 6455 section 5.6).
package enum WebSocketMessage: Hashable, Sendable {
  /// Text; UTF-8 on the wire.
  case text(String)
  /// Bytes.
  case binary([UInt8])

  /// The length on the wire, without frame headers, in bytes.
  package var byteCount: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .binary(let bytes): bytes.count
    }
  }
}
