/// Why a cryptographic operation failed. None of the cases carries secret bytes.
package enum VoiceCryptoError: Error, Equatable, Sendable {
  /// The tag does not match: wrong key, or changed bytes.
  case authentication
  /// Fewer bytes than header, tag and nonce take.
  case truncated
  /// A key, nonce or public key of the wrong length.
  case length
  /// A passphrase box of an unknown form, or one that asks for unreasonable work.
  case format
  /// The C library refused; the text names the call.
  case library(String)
}
