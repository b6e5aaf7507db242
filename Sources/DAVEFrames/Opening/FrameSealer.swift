package import VoiceCrypto

/// Seals the frames of one sender and epoch; for tests and for simulated speakers.
package struct FrameSealer: ~Copyable {
  private var ratchet: KeyRatchet
  private var cipher: GenerationCipher
  private var counter: FrameCounter
  private var sealed: [UInt8] = []

  /// - Parameters:
  ///   - baseSecret: the sender's 16 bytes of the epoch.
  ///   - framesBefore: how many frames the sender is to have sent; the first one has counter 1.
  /// - Throws: ``VoiceCryptoError`` when the C library has no such cipher.
  package init(
    baseSecret: SecretBytes, framesBefore: UInt64 = 0
  ) throws(VoiceCryptoError) {
    var ratchet = KeyRatchet(baseSecret: baseSecret)
    let counter = FrameCounter(
      generation: framesBefore >> 24, count: UInt32(framesBefore & 0xFF_FFFF))
    while ratchet.generation < counter.generation { ratchet.advance() }
    cipher = try GenerationCipher(ratchet)
    self.ratchet = ratchet
    self.counter = counter
  }

  /// As above, from an array; the caller's copy is not zeroed.
  package init(baseSecret: [UInt8], framesBefore: UInt64 = 0) throws(VoiceCryptoError) {
    try self.init(baseSecret: SecretBytes(baseSecret), framesBefore: framesBefore)
  }

  /// Seals one frame.
  ///
  /// - Parameters:
  ///   - plaintext: what to seal.
  ///   - unencryptedRanges: parts that stay in the clear: ascending, without overlap, within it.
  ///   - frame: replaced by the frame.
  /// - Throws: ``VoiceCryptoError/format`` for other ranges, or more than a footer can name.
  package mutating func seal(
    _ plaintext: Span<UInt8>, unencryptedRanges: [DAVEFrame.Range] = [],
    into frame: inout [UInt8]
  ) throws(VoiceCryptoError) {
    let parts = try Self.split(plaintext, at: unencryptedRanges)
    let next = counter.next
    if next.generation != counter.generation {
      ratchet.advance()
      cipher = try GenerationCipher(ratchet)
    }
    counter = next
    try cipher.seal(
      parts.encrypted.span, counter: next.wire, additionalData: parts.clear.span, into: &sealed)
    frame.removeAll(keepingCapacity: true)
    var encrypted = 0
    var position = 0
    for range in unencryptedRanges {
      frame.append(contentsOf: sealed[encrypted..<(encrypted + range.offset - position)])
      encrypted += range.offset - position
      for index in range.offset..<range.end { frame.append(plaintext[index]) }
      position = range.end
    }
    // The rest of the body, and the tag.
    frame.append(contentsOf: sealed[encrypted...])
    let tagEnd = frame.count
    ULEB128.append(next.wire, to: &frame)
    for range in unencryptedRanges {
      ULEB128.append(UInt32(range.offset), to: &frame)
      ULEB128.append(UInt32(range.length), to: &frame)
    }
    guard let footerLength = UInt8(exactly: frame.count - tagEnd + DAVEFrame.tagLength + 3) else {
      frame.removeAll(keepingCapacity: true)
      throw .format
    }
    frame += [footerLength, DAVEFrame.marker, DAVEFrame.marker]
  }

  private static func split(
    _ plaintext: Span<UInt8>, at ranges: [DAVEFrame.Range]
  ) throws(VoiceCryptoError) -> (encrypted: [UInt8], clear: [UInt8]) {
    var encrypted: [UInt8] = []
    var clear: [UInt8] = []
    var position = 0
    for range in ranges {
      guard range.offset >= position, range.length >= 0, range.length <= plaintext.count,
        range.offset <= plaintext.count - range.length
      else { throw .format }
      for index in position..<range.offset { encrypted.append(plaintext[index]) }
      for index in range.offset..<range.end { clear.append(plaintext[index]) }
      position = range.end
    }
    for index in position..<plaintext.count { encrypted.append(plaintext[index]) }
    return (encrypted, clear)
  }
}
