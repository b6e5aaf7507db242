/// How a closing handshake went: whose it was, and what was said (RFC 6455 section 7.1).
package struct WebSocketClose: Equatable, Sendable, CustomStringConvertible {
  /// The status code of the close frame; nil if it held none (what RFC 6455 calls 1005).
  package let code: UInt16?
  /// The reason of the close frame, often empty. Foreign text if the peer began.
  package let reason: String
  /// Whether the peer began; else code and reason are our own.
  package let initiatedByPeer: Bool

  /// A close of this code and reason.
  package init(code: UInt16?, reason: String = "", initiatedByPeer: Bool) {
    self.code = code
    self.reason = reason
    self.initiatedByPeer = initiatedByPeer
  }

  package var description: String {
    let who = initiatedByPeer ? "closed by the peer" : "closed by us"
    let number = code.map { "with \($0)" } ?? "without a code"
    return reason.isEmpty ? "\(who) \(number)" : "\(who) \(number): \(reason)"
  }
}

/// How a connection ended.
package enum WebSocketEnd: Equatable, Sendable {
  /// By a closing handshake.
  case closed(WebSocketClose)
  /// Otherwise: lost, or given up because of what the peer sent. RFC 6455 calls it 1006.
  case failed(WebSocketError)

  /// The closing handshake, if there was one.
  package var close: WebSocketClose? {
    if case .closed(let close) = self { close } else { nil }
  }
}
