/// The encryption between client and voice server, by Discord's names.
package enum TransportMode: String, Sendable, Codable, CaseIterable {
  case aes256GCM = "aead_aes256_gcm_rtpsize"
  case xchacha20 = "aead_xchacha20_poly1305_rtpsize"
  /// Plain RTP, as imported captures hold it; the key is empty.
  case none

  /// Bytes of the key.
  package var keyLength: Int { self == .none ? 0 : 32 }
  /// Bytes a datagram gains: tag and trailing nonce.
  package var overhead: Int { self == .none ? 0 : 20 }
}
