package import VoiceCrypto

/// Opens the frames of one sender and epoch, each once.
package struct FrameOpener: ~Copyable {
  /// More generations ahead than this are not derived: at 16 million frames each, no sender gets
  /// there, and each forged frame would cost the derivations.
  private static let mostGenerationsAhead: UInt64 = 250

  /// The ratchet at the newest generation that a frame was opened with.
  private var ratchet: KeyRatchet
  private var newest: GenerationCipher
  /// The generation before, for frames that come late.
  private var previous: GenerationCipher?
  /// A generation ahead that a frame claimed, kept so that a flood of forgeries derives it once.
  private var ahead: GenerationCipher?
  private var aheadRatchet: KeyRatchet?
  /// The frames that were opened: what must be kept of an opener that is given back.
  package private(set) var window: ReplayWindow
  private var ciphertext: [UInt8] = []
  private var clear: [UInt8] = []
  private var opened: [UInt8] = []

  /// - Parameters:
  ///   - baseSecret: the sender's 16 bytes of the epoch.
  ///   - window: what an earlier opener of this secret has opened.
  /// - Throws: ``VoiceCryptoError`` when the C library has no such cipher.
  package init(
    baseSecret: SecretBytes, window: ReplayWindow = ReplayWindow()
  ) throws(VoiceCryptoError) {
    self.window = window
    let ratchet = KeyRatchet(baseSecret: baseSecret)
    newest = try GenerationCipher(ratchet)
    self.ratchet = ratchet
  }

  /// As above, from an array; the caller's copy is not zeroed.
  package init(baseSecret: [UInt8]) throws(VoiceCryptoError) {
    try self.init(baseSecret: SecretBytes(baseSecret))
  }

  /// Opens one frame. Opus silence (F8 FF FE) passes as it is.
  ///
  /// - Parameters:
  ///   - frame: the RTP payload without extension body and padding.
  ///   - output: replaced by the plaintext, which may be empty; empty after an error.
  /// - Throws: why it does not open. A frame that does not open changes nothing.
  package mutating func open(
    _ frame: Span<UInt8>, into output: inout [UInt8]
  ) throws(DAVEFrameError) {
    output.removeAll(keepingCapacity: true)
    if DAVEFrame.isSilence(frame) {
      for index in 0..<frame.count { output.append(frame[index]) }
      return
    }
    let layout = try DAVEFrame(parsing: frame)
    let oldest = previous?.generation ?? ratchet.generation
    let counter = FrameCounter(wire: layout.counter, oldest: oldest)
    guard window.admits(counter.position) else { throw .replay }
    if layout.unencryptedRanges.isEmpty {
      try open(
        frame.extracting(0..<layout.bodyLength), of: frame, layout, counter,
        additionalData: Span<UInt8>(), into: &output)
    } else {
      try openInterleaved(frame, layout, counter, into: &output)
    }
    window.insert(counter.position)
    acceptGeneration(counter.generation)
  }

  /// Whether a frame is the sender's, were it opened before or not. It changes nothing.
  package mutating func isAuthentic(_ frame: Span<UInt8>, scratch: inout [UInt8]) -> Bool {
    guard let layout = try? DAVEFrame(parsing: frame) else { return false }
    let counter = FrameCounter(
      wire: layout.counter, oldest: previous?.generation ?? ratchet.generation)
    defer { scratch.removeAll(keepingCapacity: true) }
    do throws(DAVEFrameError) {
      if layout.unencryptedRanges.isEmpty {
        try open(
          frame.extracting(0..<layout.bodyLength), of: frame, layout, counter,
          additionalData: Span<UInt8>(), into: &scratch)
      } else {
        try openInterleaved(frame, layout, counter, into: &scratch)
      }
      return true
    } catch {
      return false
    }
  }

  /// Opens with the cipher of the counter's generation, without changing what is kept of frames.
  private mutating func open(
    _ ciphertext: Span<UInt8>, of frame: Span<UInt8>, _ layout: DAVEFrame,
    _ counter: FrameCounter, additionalData: Span<UInt8>, into output: inout [UInt8]
  ) throws(DAVEFrameError) {
    let tag = frame.extracting(layout.bodyLength..<(layout.bodyLength + DAVEFrame.tagLength))
    do throws(VoiceCryptoError) {
      if counter.generation == newest.generation {
        try newest.open(
          ciphertext, tag: tag, counter: layout.counter, additionalData: additionalData,
          into: &output)
      } else if counter.generation == previous?.generation {
        try previous?.open(
          ciphertext, tag: tag, counter: layout.counter, additionalData: additionalData,
          into: &output)
      } else {
        try prepareAhead(counter.generation)
        try ahead?.open(
          ciphertext, tag: tag, counter: layout.counter, additionalData: additionalData,
          into: &output)
      }
    } catch {
      throw .badTag
    }
  }

  private mutating func openInterleaved(
    _ frame: Span<UInt8>, _ layout: DAVEFrame, _ counter: FrameCounter,
    into output: inout [UInt8]
  ) throws(DAVEFrameError) {
    clear.removeAll(keepingCapacity: true)
    ciphertext.removeAll(keepingCapacity: true)
    var position = 0
    for range in layout.unencryptedRanges {
      for index in position..<range.offset { ciphertext.append(frame[index]) }
      for index in range.offset..<range.end { clear.append(frame[index]) }
      position = range.end
    }
    for index in position..<layout.bodyLength { ciphertext.append(frame[index]) }
    // Lent out for the call, since a call on self cannot take parts of self.
    let (sealed, inClear) = (consumeCiphertext(), consumeClear())
    var plaintext = consumeOpened()
    defer { (ciphertext, clear, opened) = (sealed, inClear, plaintext) }
    try open(
      sealed.span, of: frame, layout, counter, additionalData: inClear.span, into: &plaintext)
    var encrypted = 0
    position = 0
    for range in layout.unencryptedRanges {
      for _ in position..<range.offset {
        output.append(plaintext[encrypted])
        encrypted += 1
      }
      for index in range.offset..<range.end { output.append(frame[index]) }
      position = range.end
    }
    output.append(contentsOf: plaintext[encrypted...])
  }

  private mutating func consumeCiphertext() -> [UInt8] {
    defer { ciphertext = [] }
    return ciphertext
  }

  private mutating func consumeClear() -> [UInt8] {
    defer { clear = [] }
    return clear
  }

  private mutating func consumeOpened() -> [UInt8] {
    defer { opened = [] }
    return opened
  }

  /// Derives a later generation's cipher.
  private mutating func prepareAhead(_ generation: UInt64) throws(VoiceCryptoError) {
    if aheadRatchet?.generation == generation { return }
    guard generation > ratchet.generation,
      generation - ratchet.generation <= Self.mostGenerationsAhead
    else { throw .authentication }
    var later = ratchet
    if let aheadRatchet, aheadRatchet.generation <= generation { later = aheadRatchet }
    while later.generation < generation { later.advance() }
    ahead = try GenerationCipher(later)
    aheadRatchet = later
  }

  /// Keeps the generation of an authentic frame as the newest.
  private mutating func acceptGeneration(_ generation: UInt64) {
    guard generation > ratchet.generation, let later = aheadRatchet,
      var accepted = ahead.take()
    else { return }
    swap(&newest, &accepted)
    let isAdjacent = accepted.generation + 1 == generation
    previous = isAdjacent ? consume accepted : nil
    ratchet = later
    aheadRatchet = nil
  }
}
