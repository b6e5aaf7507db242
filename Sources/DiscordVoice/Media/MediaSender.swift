internal import DAVEFrames
internal import RTP
internal import Synchronization
internal import VoiceCrypto

/// Sends our own voice: seals frames end to end, then datagrams, and counts what must be counted.
///
/// On any thread, without the engine: sound does not wait for a gateway's messages.
final class MediaSender: Sendable {
  /// Opus, as Discord's clients number it.
  private static let payloadType: UInt8 = 120
  /// The longest Opus frame there is (RFC 6716 section 3.4), with room for what sealing adds.
  private static let longestFrame = 1275 * 48

  private struct Route: ~Copyable {
    var socket: VoiceSocket
    var cipher: TransportCipher
    var ssrc: UInt32
    var sequence: UInt16
    /// What the caller's timestamps are added to: RFC 3550 wants a random start.
    var timestampStart: UInt32
    /// Never twice under one key.
    var nonce: UInt32 = 0
  }

  private struct State: ~Copyable {
    var route: Route?
    var sealing = FrameSealing.impossible
    var sealer: FrameSealer?
    var frame: [UInt8] = []
    var datagram: [UInt8] = []
  }

  private let state = Mutex(State())

  /// From now on datagrams go this way.
  func open(
    _ agreement: MediaAgreement, over socket: VoiceSocket, sequence: UInt16, timestamp: UInt32
  ) throws(VoiceCryptoError) {
    let cipher = try TransportCipher(mode: agreement.mode, key: agreement.key)
    let route = Route(
      socket: socket, cipher: cipher, ssrc: agreement.ssrc, sequence: sequence,
      timestampStart: timestamp)
    put(route)
  }

  private func put(_ route: consuming Route) {
    var new: Route? = route
    state.withLock { $0.route = new.take() }
  }

  /// Nothing can be sent until the next ``open(_:over:sequence:timestamp:)``.
  func close() {
    state.withLock { state in
      state.route = nil
      state.sealing = .impossible
      state.sealer = nil
    }
  }

  func seal(_ sealing: FrameSealing) throws(VoiceCryptoError) {
    try state.withLock { (state) throws(VoiceCryptoError) in
      // The counter of an epoch's frames must go on, never begin anew.
      guard sealing != state.sealing else { return }
      state.sealing = .impossible
      state.sealer = nil
      if case .epoch(_, _, let secret) = sealing {
        state.sealer = try FrameSealer(baseSecret: secret)
      }
      state.sealing = sealing
    }
  }

  /// Seals and sends one Opus frame; false when there is no way, or no key.
  func send(_ opus: [UInt8], timestamp: UInt32) -> Bool {
    guard !opus.isEmpty, opus.count <= Self.longestFrame else { return false }
    return state.withLock { state in
      guard Self.sealFrame(opus, &state) else { return false }
      return Self.sendFrame(timestamp, &state)
    }
  }

  private static func sealFrame(_ opus: [UInt8], _ state: inout State) -> Bool {
    switch state.sealing {
    case .impossible: return false
    case .none:
      state.frame = opus
      return true
    case .epoch:
      var frame: [UInt8] = []
      swap(&frame, &state.frame)
      let sealed: Void? = try? state.sealer?.seal(opus.span, into: &frame)
      swap(&frame, &state.frame)
      return sealed != nil
    }
  }

  private static func sendFrame(_ timestamp: UInt32, _ state: inout State) -> Bool {
    guard var route = state.route.take() else { return false }
    var header: [UInt8] = []
    RTPHeader(
      payloadType: payloadType, sequenceNumber: route.sequence,
      timestamp: route.timestampStart &+ timestamp, ssrc: route.ssrc
    ).encode(into: &header)
    // 2^32 frames are 2.7 years; a nonce that came again would give the key away.
    guard route.nonce < .max else {
      state.route = consume route
      return false
    }
    var datagram: [UInt8] = []
    swap(&datagram, &state.datagram)
    let sealed: Void? = try? route.cipher.seal(
      header: header.span, plaintext: state.frame.span, nonce: route.nonce, into: &datagram)
    route.nonce += 1
    route.sequence &+= 1
    let isSent = sealed != nil && route.socket.send(datagram.span)
    swap(&datagram, &state.datagram)
    state.route = consume route
    return isSent
  }
}
