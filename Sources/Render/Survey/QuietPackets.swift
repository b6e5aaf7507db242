internal import DAVEFrames
internal import RTP

/// The packets without sound: silence frames and what is as short, sealed or not. Pass 1 looks for
/// them with the transport keys alone, and into as few as it can.
final class QuietPackets {
  /// Bytes of an Opus packet with nothing in it to hear: F8 FF FE.
  private static let longest = 3
  /// What end-to-end encryption adds at most: tag, counter, size and marker.
  private static let endToEndOverhead = 16
  /// Tag and nonce of the transport modes.
  private static let transportOverhead = 20
  private static let mostPadding = 255

  private let keys: TransportKeys?
  private let isPlain: Bool
  private var plaintext: [UInt8] = []

  /// - Parameters:
  ///   - keys: nil: no encrypted packet is known to be quiet.
  ///   - isPlain: The capture's packets are not encrypted.
  init(_ keys: TransportKeys?, isPlain: Bool) {
    self.keys = keys
    self.isPlain = isPlain
  }

  func contains(
    _ datagram: Span<UInt8>, header: RTPHeader, connection: UInt32, time: Int64
  ) -> Bool {
    let body = header.authenticatedLength + header.extensionBodyLength
    let longest = Self.longest + Self.endToEndOverhead + Self.transportOverhead
    guard datagram.count - body <= longest + (header.hasPadding ? Self.mostPadding : 0) else {
      return false
    }
    // Moved out for the loan: a span of an object's property cannot outlive the access.
    var plaintext: [UInt8] = []
    swap(&plaintext, &self.plaintext)
    defer { swap(&plaintext, &self.plaintext) }
    let isOpen = keys?.open(
      datagram, authenticatedLength: header.authenticatedLength, connection: connection,
      time: time, into: &plaintext)
    switch isOpen {
    case true: return isQuiet(plaintext.span, behind: header.extensionBodyLength, header)
    case false: return false
    default: return isPlain && isQuiet(datagram, behind: body, header)
    }
  }

  private func isQuiet(_ bytes: Span<UInt8>, behind start: Int, _ header: RTPHeader) -> Bool {
    guard start <= bytes.count else { return false }
    let padded = bytes.extracting(start..<bytes.count)
    guard let length = try? payloadWithoutPadding(padded, hasPadding: header.hasPadding) else {
      return false
    }
    let frame = padded.extracting(..<length)
    if frame.count <= Self.longest { return true }
    guard DAVEFrame.looksEncrypted(frame), let sealed = try? DAVEFrame(parsing: frame) else {
      return false
    }
    return sealed.bodyLength <= Self.longest
  }
}
