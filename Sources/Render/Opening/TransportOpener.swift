internal import CaptureLog
internal import RTP
internal import VoiceCrypto

/// Opens the transport encryption of all connections and cuts the header extension and the padding.
final class TransportOpener {
  private let keys: TransportKeys
  private let plain: TransportKeys
  private let connections: [UInt32: SessionSurvey.Connection]
  private let isPlainCapture: Bool

  init(survey: SessionSurvey, keys: RenderKeys) {
    connections = survey.connections
    isPlainCapture = !survey.session.encryptedAtRest
    self.keys = TransportKeys(keys.transport)
    plain = TransportKeys([
      0: [
        RenderKeys.Transport(
          time: .min, mode: TransportMode.none.rawValue, key: SecretBytes([]))
      ]
    ])
  }

  /// Whether a packet may come from the voice server, as far as its connection's keys tell.
  func isCredible(
    _ packet: Span<UInt8>, header: RTPHeader, connection: UInt32, time: Int64
  ) -> Bool {
    keys.isCredible(packet, header: header, connection: connection, time: time)
  }

  /// Opens one RTP packet.
  ///
  /// - Parameter output: Replaced by the plaintext.
  /// - Returns: Where in `output` the payload lies; nil when no key opens it, or when its extension
  ///   or padding does not fit its length.
  func open(
    _ packet: Span<UInt8>, header: RTPHeader, connection: UInt32, time: Int64,
    into output: inout [UInt8]
  ) -> Range<Int>? {
    guard
      decrypt(
        packet, authenticatedLength: header.authenticatedLength, connection: connection, time: time,
        into: &output)
    else { return nil }
    let start = header.extensionBodyLength
    guard start <= output.count else { return nil }
    let payload = output.span.extracting(start..<output.count)
    guard let length = try? payloadWithoutPadding(payload, hasPadding: header.hasPadding) else {
      return nil
    }
    return start..<start + length
  }

  private func decrypt(
    _ packet: Span<UInt8>, authenticatedLength: Int, connection: UInt32, time: Int64,
    into output: inout [UInt8]
  ) -> Bool {
    let isOpen = keys.open(
      packet, authenticatedLength: authenticatedLength, connection: connection, time: time,
      into: &output)
    if let isOpen { return isOpen }
    guard isPlainCapture || connections[connection]?.mode == TransportMode.none.rawValue else {
      return false
    }
    return plain.open(
      packet, authenticatedLength: authenticatedLength, connection: 0, time: time, into: &output)
      ?? false
  }
}
