internal import CaptureSynthesis
internal import DAVEFrames
internal import RTP
internal import VoiceCrypto

/// Who sends speech to the voice server, or hears it there.
final class MediaClient {
  let ssrc: UInt32
  let user: UInt64
  let channel: UInt64
  let isScripted: Bool
  /// Of clients with a socket.
  var transport: Transport?
  var mayTalk = false
  var mayHear = false
  var path: VoicePath
  /// Of scripted speakers.
  var sealing: Sealing?
  /// What RTCP sender reports say.
  var packetCount: UInt32 = 0
  var octetCount: UInt32 = 0
  var lastReport: Int64?

  init(ssrc: UInt32, user: UInt64, channel: UInt64, isScripted: Bool, random: SplitMix64) {
    self.ssrc = ssrc
    self.user = user
    self.channel = channel
    self.isScripted = isScripted
    path = VoicePath(random: random)
  }

  /// The encryption between a client and the server, and where the client is.
  final class Transport {
    let address: VoiceAddress
    private var cipher: TransportCipher
    private var nonce: UInt32 = 0
    private var extensionNumber: UInt16 = 0

    init(mode: TransportMode, key: [UInt8], address: VoiceAddress) throws(VoiceCryptoError) {
      cipher = try TransportCipher(mode: mode, key: key)
      self.address = address
    }

    /// The plaintext of a datagram, nil for one that was not sealed with the client's key.
    func open(_ datagram: [UInt8], authenticatedLength: Int) -> [UInt8]? {
      var output: [UInt8] = []
      let result: Void? = try? cipher.open(
        datagram.span, authenticatedLength: authenticatedLength, into: &output)
      return result == nil ? nil : output
    }

    func seal(header: [UInt8], plaintext: [UInt8]) -> [UInt8] {
      var packet: [UInt8] = []
      nonce &+= 1
      try? cipher.seal(header: header.span, plaintext: plaintext.span, nonce: nonce, into: &packet)
      return packet
    }

    /// RFC 8285, 4.2: audio level (id 1) and a transport-wide number (id 3), filled up to 8 bytes.
    func extensionBody(isSilent: Bool) -> [UInt8] {
      extensionNumber &+= 1
      return [
        0x10, isSilent ? 0x7F : 0x94,
        0x31, UInt8(extensionNumber >> 8), UInt8(extensionNumber & 0xFF), 0, 0, 0,
      ]
    }
  }

  /// What a scripted speaker seals its frames with.
  final class Sealing {
    static let silence: [UInt8] = [0xF8, 0xFF, 0xFE]
    private var sealer: FrameSealer?
    private let sealsSilence: Bool

    /// - Parameter secret: of the speaker's epoch; nil: in the clear.
    init(secret: [UInt8]?, sealsSilence: Bool) throws(VoiceCryptoError) {
      if let secret { sealer = try FrameSealer(baseSecret: secret) }
      self.sealsSilence = sealsSilence
    }

    func seal(_ opus: [UInt8]) -> [UInt8]? {
      if sealer == nil || (opus == Self.silence && !sealsSilence) { return opus }
      var frame: [UInt8] = []
      let result: Void?? = try? sealer?.seal(opus.span, into: &frame)
      return result == nil ? nil : frame
    }
  }
}

/// Where datagrams come from and go to.
package struct VoiceAddress: Hashable, Sendable {
  /// An IP address as text.
  package var host: String
  package var port: UInt16

  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }
}

/// A datagram to a client.
package struct VoiceDatagram: Hashable, Sendable {
  package var bytes: [UInt8]
  package var to: VoiceAddress
}
