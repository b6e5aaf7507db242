internal import CaptureLog
internal import DAVE
internal import DiscordVoice
internal import Synchronization
internal import VoiceCrypto

/// Takes what a voice session tells into the capture: datagrams, events, keys.
final class RecordingObserver: VoiceObserver {
  private let writer: CaptureWriter
  private let filter: PacketFilter
  private let keys: KeyStore
  private let now: @Sendable () -> Int64
  private let isExcluded: @Sendable (UInt64) -> Bool
  private let tell: @Sendable (VoiceEvent) -> Void
  private let warn: @Sendable (_ code: String, _ text: String) -> Void
  private let echoCount = Atomic<UInt64>(0)

  /// - Parameters:
  ///   - now: nanoseconds of CLOCK_BOOTTIME.
  ///   - isExcluded: whether a user's speech is not stored.
  ///   - tell: hears of each event after it is in the capture.
  ///   - warn: hears what went wrong.
  init(
    writer: CaptureWriter, filter: PacketFilter, keys: KeyStore,
    now: @escaping @Sendable () -> Int64, isExcluded: @escaping @Sendable (UInt64) -> Bool,
    tell: @escaping @Sendable (VoiceEvent) -> Void,
    warn: @escaping @Sendable (_ code: String, _ text: String) -> Void
  ) {
    self.writer = writer
    self.filter = filter
    self.keys = keys
    self.now = now
    self.isExcluded = isExcluded
    self.tell = tell
    self.warn = warn
  }

  /// Answers to our keepalives so far.
  var echoes: UInt64 { echoCount.load(ordering: .relaxed) }

  // MARK: Datagrams

  func received(_ datagram: Span<UInt8>, kernelTime: Int64?, connection: UInt32) {
    if datagram.count == 8 { echoCount.add(1, ordering: .relaxed) }
    filter.take(datagram, kernelTime: kernelTime, connection: connection, now: now())
  }

  func sent(_ datagram: Span<UInt8>, connection: UInt32) {
    writer.append(packet: datagram, connection: connection, kernelTime: nil, isOutbound: true)
  }

  // MARK: Events

  func handle(_ event: VoiceEvent) {
    note(event)
    tell(event)
  }

  private func note(_ event: VoiceEvent) {
    switch event {
    case .voiceServer(let endpoint): writer.append(VoiceServerEvent(endpoint: endpoint))
    case .connected(let info): begin(info)
    case .resumed(let connection): writer.append(ResumedEvent(connection: connection))
    case .disconnected(let connection, let code, let cause):
      writer.append(
        DisconnectEvent(connection: connection, code: code.map(Int.init), reason: cause))
    case .speaking(let connection, let user, let ssrc, let flags):
      filter.map(ssrc: ssrc, to: user, connection: connection)
      writer.append(
        SpeakingEvent(connection: connection, user: "\(user)", ssrc: ssrc, speaking: flags))
    case .clientsConnected(let connection, let users):
      writer.append(ClientConnectEvent(connection: connection, users: users.map { "\($0)" }))
    case .clientDisconnected(let connection, let user):
      filter.unmap(user: user, connection: connection)
      writer.append(ClientDisconnectEvent(connection: connection, user: "\(user)"))
    case .videoSSRC(let connection, _, let ssrcs):
      filter.noteVideo(ssrcs: ssrcs, connection: connection)
    case .daveEpoch(let keys, _): note(keys)
    case .daveReady(let connection, let incarnation, let epoch, let transition):
      writer.append(
        DAVETransitionEvent(
          connection: connection, incarnation: incarnation, epoch: epoch, transition: transition,
          state: DAVETransitionEvent.ready))
    case .daveExecuted(let connection, let incarnation, let epoch, let transition):
      filter.executed(
        connection: connection, incarnation: incarnation, epoch: epoch, now: now())
      writer.append(
        DAVETransitionEvent(
          connection: connection, incarnation: incarnation, epoch: epoch, transition: transition,
          state: DAVETransitionEvent.executed))
    case .davePlaintext(let connection, let allowed):
      filter.allowPlaintext(allowed, connection: connection)
      writer.append(DAVEPlaintextEvent(connection: connection, allowed: allowed))
    case .moved(let channel): writer.append(MovedEvent(channel: "\(channel)"))
    case .ownVoiceState(let channel, let mute, let deaf, let suppress):
      writer.append(
        OwnStateEvent(
          channel: channel.map { "\($0)" }, deaf: deaf, mute: mute, suppress: suppress))
    case .daveWarning(_, let warning):
      warn("dave_\(warning.code.rawValue)", warning.message)
    case .udp(let connection, let status): note(status, connection)
    case .unknown(let op, let isBinary):
      warn("unknown_op", "the voice gateway sent \(isBinary ? "binary " : "")op \(op)")
    case .daveState, .voiceState, .ended: break
    }
  }

  private func begin(_ info: VoiceConnectionInfo) {
    if let addresses = DatagramAddresses(local: info.local, remote: info.remote) {
      // Out of range only after 65,535 connections; the packets are kept all the same.
      try? writer.addConnection(info.number, addresses: addresses)
    }
    filter.begin(
      connection: info.number, ownSSRC: info.ssrc, hasDAVE: info.daveVersion > 0)
    writer.append(
      ConnectionEvent(
        connection: info.number, local: info.local, remote: info.remote,
        mode: info.mode.rawValue, ssrc: info.ssrc, dave: info.daveVersion))
  }

  private func note(_ keys: DAVEEpochKeys) {
    let origin =
      switch keys.origin {
      case .ownCommit: "own_commit"
      case .commit: "commit"
      case .welcome: "welcome"
      }
    writer.append(
      DAVEEpochEvent(
        connection: keys.connection, incarnation: keys.incarnation, epoch: keys.epoch,
        transition: keys.transition, origin: origin, members: keys.senders.count))
  }

  private func note(_ status: VoiceUDPStatus, _ connection: UInt32) {
    switch status {
    case .opened(_, let requested, let granted):
      if granted < requested {
        warn(
          "udp_buffer",
          "the system grants \(granted) of \(requested) bytes of receive buffer: raise "
            + "net.core.rmem_max, or packets may be lost when the host is busy")
      }
    case .discovered: break
    case .addressChanged(let old, let new):
      warn("udp_address", "connection \(connection): our address changed from \(old) to \(new)")
    case .unreachable(let count):
      warn("udp_unreachable", "connection \(connection): \(count) times no way to the server")
    case .silent:
      warn("udp_silent", "connection \(connection): somebody speaks, and nothing arrives")
    }
  }

  // MARK: Keys

  func store(_ keys: VoiceKeys) async {
    let time = writer.now
    var records: [KeyRecord] = []
    switch keys {
    case .transport(let connection, let mode, let key):
      filter.use(transportKey: key, mode: mode, connection: connection)
      records.append(
        KeyRecord(
          time: time, .transport(connection: connection, mode: mode, key: SecretBytes(key))))
    case .epoch(var epoch):
      // An excluded user's speech cannot be opened by anybody who has the capture.
      epoch.senders = epoch.senders.filter { !isExcluded($0.key) }
      filter.install(epoch)
      for (user, secret) in epoch.senders.sorted(by: { $0.key < $1.key }) {
        records.append(
          KeyRecord(
            time: time,
            .sender(
              connection: epoch.connection, incarnation: epoch.incarnation, epoch: epoch.epoch,
              user: "\(user)", secret: SecretBytes(secret))))
      }
    }
    if let failure = await self.keys.store(records) {
      warn("key_log", "keys are not stored yet: \(failure)")
    }
  }
}
