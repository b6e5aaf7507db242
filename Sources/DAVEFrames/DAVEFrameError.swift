/// Why a frame gave no plaintext.
package enum DAVEFrameError: Error, Equatable, Sendable {
  /// The frame does not end in DAVE's marker: plaintext, or damage.
  case notDAVE
  /// It has the marker, and a footer that contradicts itself.
  case malformed
  /// The tag does not match: another epoch's or sender's key, or changed bytes.
  case badTag
  /// A frame of this counter was opened already, or it lies too far back to tell.
  case replay
}
