/// What the watch found of one packet, in the words of the packet ledger.
package enum WatchOutcome: Int, CaseIterable, Sendable {
  /// Down to what the decoder takes, and not seen before.
  case opened
  /// Opus silence in the clear, which says nothing of the keys.
  case silence
  /// The connection's key does not open it: forged, damaged, or our key is wrong.
  case transport
  /// No end-to-end key of the sender is known.
  case noEpoch
  /// No end-to-end key of the sender opens it.
  case badTag
  case replay
  /// The call is end-to-end encrypted and this frame is not.
  case notDAVE
  /// End-to-end encrypted by a sender that was not named.
  case unmapped

  package var word: String {
    switch self {
    case .noEpoch: "no_epoch"
    case .badTag: "bad_tag"
    case .notDAVE: "not_dave"
    default: String(describing: self)
    }
  }

  /// The voice server sent it: no third party can make it.
  var isAuthentic: Bool { self != .transport && self != .replay }

  var isFailure: Bool {
    switch self {
    case .opened, .silence, .replay: false
    case .transport, .noEpoch, .badTag, .notDAVE, .unmapped: true
    }
  }
}
