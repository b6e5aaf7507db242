internal import CaptureLog
internal import RTP
internal import VoiceCrypto

/// Opens the transport encryption of all connections and cuts the header extension and the padding.
final class TransportOpener {
  /// A cipher needs exclusive access while it works, so each has an object of its own.
  private final class Key {
    let time: Int64
    private var cipher: TransportCipher

    init?(_ key: RenderKeys.Transport) {
      guard let mode = TransportMode(rawValue: key.mode),
        let cipher = try? TransportCipher(mode: mode, key: key.key)
      else { return nil }
      time = key.time
      self.cipher = cipher
    }

    func open(_ packet: Span<UInt8>, authenticatedLength: Int, into output: inout [UInt8]) -> Bool {
      do throws(VoiceCryptoError) {
        try cipher.open(packet, authenticatedLength: authenticatedLength, into: &output)
        return true
      } catch {
        return false
      }
    }
  }

  /// Ascending by time.
  private var keys: [UInt32: [Key]] = [:]
  private let plain: Key?
  private let connections: [UInt32: SessionSurvey.Connection]
  private let isPlainCapture: Bool

  init(survey: SessionSurvey, keys: RenderKeys) {
    connections = survey.connections
    isPlainCapture = !survey.session.encryptedAtRest
    plain = Key(
      RenderKeys.Transport(time: .min, mode: TransportMode.none.rawValue, key: SecretBytes([])))
    for (connection, list) in keys.transport {
      self.keys[connection] = list.compactMap { Key($0) }.sorted { $0.time < $1.time }
    }
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
    guard let list = keys[connection], let last = list.last else {
      guard let plain, isPlainCapture || connections[connection]?.mode == "none" else {
        return false
      }
      return plain.open(packet, authenticatedLength: authenticatedLength, into: &output)
    }
    // The key of the packet's time first; then any, as packets and events race.
    let valid = list.last { $0.time <= time } ?? last
    if valid.open(packet, authenticatedLength: authenticatedLength, into: &output) { return true }
    for key in list where key !== valid {
      if key.open(packet, authenticatedLength: authenticatedLength, into: &output) { return true }
    }
    return false
  }
}
