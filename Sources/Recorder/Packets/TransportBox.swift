internal import RTP
internal import VoiceCrypto

/// The key of one connection; an object, since a cipher wants to be changed where it lies.
///
/// `@unchecked Sendable`: it is reached only through the state of one mutex, whose holder alone
/// uses it, and never leaves that.
final class TransportBox: @unchecked Sendable {
  let connection: UInt32
  private var cipher: TransportCipher
  private var scratch: [UInt8] = []

  init?(connection: UInt32, mode: TransportMode, key: [UInt8]) {
    guard let cipher = try? TransportCipher(mode: mode, key: key) else { return nil }
    self.connection = connection
    self.cipher = cipher
    scratch.reserveCapacity(2_048)
  }

  /// Whether the key opens the packet.
  func opens(_ datagram: Span<UInt8>, _ header: RTPHeader) -> Bool {
    (try? cipher.open(datagram, authenticatedLength: header.authenticatedLength, into: &scratch))
      != nil
  }

  /// Opens a packet and lends the payload without extension body and padding; false when the key
  /// does not open it, or these do not fit its length.
  func open(
    _ datagram: Span<UInt8>, _ header: RTPHeader, _ body: (Span<UInt8>) -> Void
  ) -> Bool {
    guard opens(datagram, header), header.extensionBodyLength <= scratch.count else { return false }
    // Moved out for the loan: a span of an object's property cannot outlive the access.
    var plaintext: [UInt8] = []
    swap(&plaintext, &scratch)
    defer { swap(&plaintext, &scratch) }
    let payload = plaintext.span.extracting(header.extensionBodyLength..<plaintext.count)
    guard let length = try? payloadWithoutPadding(payload, hasPadding: header.hasPadding) else {
      return false
    }
    body(payload.extracting(0..<length))
    return true
  }
}
