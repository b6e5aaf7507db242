/// Opens and seals datagrams of one voice connection in one of the `rtpsize` modes.
///
/// A datagram is header, ciphertext, 16-byte tag, 4-byte nonce. The header in the clear (RTP header
/// with CSRCs and extension preamble, or the 8 bytes of RTCP) is the additional data. The 4 bytes
/// are the start of the AEAD's nonce, the rest of which is zero. Neither call allocates once the
/// output has grown to its size.
package struct TransportCipher: ~Copyable, Sendable {
  /// Which implementation of AES-256-GCM to take; both give the same bytes.
  package enum AESImplementation: Sendable, CaseIterable {
    /// libsodium where the CPU has the instructions, else libcrypto.
    case automatic
    case libsodium
    case libcrypto
  }

  // Not private: other modules' optimised code refers to the metadata of a type that cannot be copied, and a
  // private symbol then is missing when a release build links.
  enum Backend: ~Copyable, Sendable {
    case plain
    case xchacha(XChaCha20Poly1305)
    case sodium(SodiumAES256GCM)
    case crypto(EVPGCM)
  }

  static let tagLength = 16
  static let nonceSuffixLength = 4

  package let mode: TransportMode
  private let backend: Backend

  /// Whether the CPU has instructions for AES-256-GCM.
  package static var hasFastAES: Bool { SodiumAES256GCM.isAvailable }

  /// - Parameters:
  ///   - mode: the encryption mode of the connection.
  ///   - key: 32 bytes; empty for ``TransportMode/none``.
  ///   - aes: which AES to use.
  /// - Throws: ``VoiceCryptoError/length``, or `library` when the implementation is not available.
  package init(
    mode: TransportMode, key: SecretBytes, aes: AESImplementation = .automatic
  ) throws(VoiceCryptoError) {
    guard key.count == mode.keyLength else { throw .length }
    backend = try Self.backend(mode, key: key, aes: aes)
    self.mode = mode
  }

  /// As above, from an array; the caller's copy is not zeroed.
  package init(
    mode: TransportMode, key: [UInt8], aes: AESImplementation = .automatic
  ) throws(VoiceCryptoError) {
    try self.init(mode: mode, key: SecretBytes(key), aes: aes)
  }

  /// Opens one datagram.
  ///
  /// - Parameters:
  ///   - packet: the whole UDP payload.
  ///   - authenticatedLength: bytes of header in the clear; they are not copied to the output.
  ///   - output: replaced by the plaintext: extension body, payload, padding.
  /// - Throws: ``VoiceCryptoError/truncated``, or ``VoiceCryptoError/authentication``, when
  ///   `output` is empty.
  package mutating func open(
    _ packet: Span<UInt8>, authenticatedLength: Int, into output: inout [UInt8]
  ) throws(VoiceCryptoError) {
    let plaintextLength = packet.count - authenticatedLength - mode.overhead
    guard authenticatedLength >= 0, plaintextLength >= 0 else {
      output.removeAll(keepingCapacity: true)
      throw .truncated
    }
    output.resize(to: plaintextLength)
    let opened = packet.withUnsafeBufferPointer { packet in
      output.withUnsafeMutableBufferPointer { output in
        open(packet, authenticatedLength: authenticatedLength, into: output)
      }
    }
    guard opened else {
      output.removeAll(keepingCapacity: true)
      throw .authentication
    }
  }

  /// Seals one datagram.
  ///
  /// - Parameters:
  ///   - header: the header in the clear, the additional data.
  ///   - plaintext: extension body, payload and padding.
  ///   - nonce: a counter that never repeats under one key; sent big-endian behind the tag.
  ///   - packet: replaced by the whole UDP payload.
  /// - Throws: `library` when the C library refuses.
  package mutating func seal(
    header: Span<UInt8>, plaintext: Span<UInt8>, nonce: UInt32, into packet: inout [UInt8]
  ) throws(VoiceCryptoError) {
    packet.resize(to: header.count + plaintext.count + mode.overhead)
    let sealed = packet.withUnsafeMutableBufferPointer { packet in
      for index in 0..<header.count { packet[index] = header[index] }
      if mode != .none {
        for index in 0..<Self.nonceSuffixLength {
          let byte = UInt8(truncatingIfNeeded: nonce >> UInt32(24 - 8 * index))
          packet[packet.count - Self.nonceSuffixLength + index] = byte
        }
      }
      return plaintext.withUnsafeBufferPointer { plaintext in
        seal(headerLength: header.count, plaintext: plaintext, in: packet)
      }
    }
    guard sealed else {
      packet.removeAll(keepingCapacity: true)
      throw .library("AEAD seal")
    }
  }

  private static func backend(
    _ mode: TransportMode, key: SecretBytes, aes: AESImplementation
  ) throws(VoiceCryptoError) -> Backend {
    switch mode {
    case .none: return .plain
    case .xchacha20: return .xchacha(try XChaCha20Poly1305(key: key))
    case .aes256GCM: break
    }
    let useSodium =
      switch aes {
      case .automatic: SodiumAES256GCM.isAvailable
      case .libsodium: true
      case .libcrypto: false
      }
    if useSodium { return .sodium(try SodiumAES256GCM(key: key)) }
    return .crypto(try EVPGCM(key: key, tagLength: tagLength))
  }

  private borrowing func open(
    _ packet: UnsafeBufferPointer<UInt8>, authenticatedLength: Int,
    into output: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    let header = UnsafeBufferPointer(rebasing: packet[..<authenticatedLength])
    let body = UnsafeBufferPointer(
      rebasing: packet[authenticatedLength..<(packet.count - nonceSuffixLengthOfMode)])
    let suffix = UnsafeBufferPointer(
      rebasing: packet[(packet.count - nonceSuffixLengthOfMode)...])
    switch backend {
    case .plain:
      _ = output.update(fromContentsOf: body)
      return true
    case .xchacha(let cipher):
      return cipher.open(body, nonceSuffix: suffix, header: header, into: output)
    case .sodium(let cipher):
      return cipher.open(body, nonceSuffix: suffix, header: header, into: output)
    case .crypto(let cipher):
      return withNonce(of: 12, startingWith: suffix) { nonce in
        cipher.open(
          UnsafeBufferPointer(rebasing: body[..<output.count]),
          tag: UnsafeBufferPointer(rebasing: body[output.count...]), nonce: nonce, header: header,
          into: output)
      }
    }
  }

  private borrowing func seal(
    headerLength: Int, plaintext: UnsafeBufferPointer<UInt8>,
    in packet: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    let header = UnsafeBufferPointer(rebasing: packet[..<headerLength])
    let body = UnsafeMutableBufferPointer(
      rebasing: packet[headerLength..<(packet.count - nonceSuffixLengthOfMode)])
    let suffix = UnsafeBufferPointer(
      rebasing: packet[(packet.count - nonceSuffixLengthOfMode)...])
    switch backend {
    case .plain:
      _ = body.update(fromContentsOf: plaintext)
      return true
    case .xchacha(let cipher):
      return cipher.seal(plaintext, nonceSuffix: suffix, header: header, into: body)
    case .sodium(let cipher):
      return cipher.seal(plaintext, nonceSuffix: suffix, header: header, into: body)
    case .crypto(let cipher):
      return withNonce(of: 12, startingWith: suffix) { nonce in
        cipher.seal(
          plaintext, nonce: nonce, header: header,
          into: UnsafeMutableBufferPointer(rebasing: body[..<plaintext.count]),
          tag: UnsafeMutableBufferPointer(rebasing: body[plaintext.count...]))
      }
    }
  }

  private var nonceSuffixLengthOfMode: Int { mode == .none ? 0 : Self.nonceSuffixLength }
}

/// Lends a nonce of `length` bytes that begins with the datagram's 4 and is zero behind them.
func withNonce<R>(
  of length: Int, startingWith suffix: UnsafeBufferPointer<UInt8>,
  _ body: (UnsafeMutablePointer<UInt8>) -> R
) -> R {
  withUnsafeTemporaryAllocation(byteCount: length, alignment: 1) { raw in
    let nonce = raw.bindMemory(to: UInt8.self)
    nonce.initialize(repeating: 0)
    _ = nonce.update(fromContentsOf: suffix)
    guard let base = nonce.baseAddress else { preconditionFailure("a nonce has bytes") }
    return body(base)
  }
}
