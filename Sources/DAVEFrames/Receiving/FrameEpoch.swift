/// An epoch of a call. Epochs begin anew with each group, and groups with each connection.
package struct FrameEpoch: Hashable, Comparable, Sendable {
  package var connection: UInt32
  package var incarnation: UInt32
  package var epoch: UInt64

  package init(connection: UInt32, incarnation: UInt32, epoch: UInt64) {
    self.connection = connection
    self.incarnation = incarnation
    self.epoch = epoch
  }

  package static func < (left: FrameEpoch, right: FrameEpoch) -> Bool {
    (left.connection, left.incarnation, left.epoch)
      < (right.connection, right.incarnation, right.epoch)
  }
}

/// Why a frame of a known sender gave no plaintext, in the words of the packet ledger.
package enum FrameFailure: String, Error, Sendable {
  /// No key of the sender is known.
  case noEpoch = "no_epoch"
  /// No key of the sender opens it, or its footer contradicts itself.
  case badTag = "bad_tag"
  /// A frame of this counter was opened already, or it lies too far back to tell.
  case replay
  /// It is not encrypted, where it should be.
  case notDAVE = "not_dave"
}

/// What a frame was.
package enum OpenedFrame: Equatable, Sendable {
  /// Encrypted in this epoch.
  case encrypted(FrameEpoch)
  /// Opus silence, which is never encrypted by servers.
  case silence
  /// Not encrypted, as the caller allowed.
  case plaintext
}
