internal import RTP
internal import VoiceCrypto

/// The transport keys of a capture's connections, ready to open.
final class TransportKeys {
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
  private var scratch: [UInt8] = []

  init(_ transport: [UInt32: [RenderKeys.Transport]]) {
    for (connection, list) in transport {
      keys[connection] = list.compactMap { Key($0) }.sorted { $0.time < $1.time }
    }
  }

  /// Opens a packet that came at `time`; nil when there is no key of the connection at all.
  func open(
    _ packet: Span<UInt8>, authenticatedLength: Int, connection: UInt32, time: Int64,
    into output: inout [UInt8]
  ) -> Bool? {
    guard let list = keys[connection], let last = list.last else { return nil }
    // The key of the packet's time first; then any, as packets and events race.
    let valid = list.last { $0.time <= time } ?? last
    if valid.open(packet, authenticatedLength: authenticatedLength, into: &output) { return true }
    for key in list where key !== valid {
      if key.open(packet, authenticatedLength: authenticatedLength, into: &output) { return true }
    }
    return false
  }

  /// Whether a packet may come from the voice server: a key opens it, or there is none to tell by.
  func isCredible(
    _ packet: Span<UInt8>, header: RTPHeader, connection: UInt32, time: Int64
  ) -> Bool {
    open(
      packet, authenticatedLength: header.authenticatedLength, connection: connection, time: time,
      into: &scratch) ?? true
  }
}
