internal import CaptureLog
internal import RTP

/// Pass 1: takes the records of a capture in order.
struct SurveyBuilder {
  private static let keptEvents = 10_000
  private static let keptDamages = 1_000
  /// More than are looked at: one that is not kept must not go unnoticed.
  private static let keptHandovers = SpeakerLearning.mostHandovers + 1

  private let session: SessionInfo
  private let keys: TransportKeys?
  private let quiet: QuietPackets
  private let takesAnyPayloadType: Bool
  /// What goes before the server's word.
  private let owners: StreamOwners
  /// How many of an SSRC's ``owners`` have had it.
  private var owned: [UInt64: Int] = [:]
  private var handovers: [Handover] = []
  private var observers: [StreamObserver] = []
  /// The stream that packets of a connection and SSRC go to now.
  private var current: [UInt64: Int] = [:]
  /// Named before the first packet.
  private var announced: [UInt64: String] = [:]
  private var users: Set<String> = []
  /// Speaking events repeat: what their bytes were read as.
  private var speaking: [[UInt8]: SpeakingEvent] = [:]

  private var packetIndex: UInt64 = 0
  private var firstPacketTime: Int64?
  private var serverTime: Int64?
  private var leaveTime: Int64?
  private var lastTime: Int64?

  private var counts = SessionSurvey.Counts()
  private var connections: [UInt32: SessionSurvey.Connection] = [:]
  private var epochs = EpochTimes()
  /// What the last event said, by connection.
  private var allowsPlaintext: [UInt32: Bool] = [:]
  private var events: [CaptureEvent] = []
  private var drops: [String: UInt64] = [:]
  private var isClockBridged = false
  private var damages: [CaptureDamage] = []
  private var damageCount = 0

  /// - Parameters:
  ///   - owners: what goes before the server's word.
  ///   - keys: what tells forged packets; nil believes all.
  init(
    session: SessionInfo, owners: StreamOwners = StreamOwners(), keys: TransportKeys? = nil
  ) {
    self.session = session
    self.owners = owners
    self.keys = keys
    quiet = QuietPackets(keys, isPlain: !session.encryptedAtRest)
    takesAnyPayloadType = !["discord", "simulated"].contains(session.source)
  }

  /// Takes a datagram.
  mutating func take(_ packet: PacketRecord, payload: Span<UInt8>) {
    let index = packetIndex
    packetIndex += 1
    let time = SessionTime.bounded(packet.time)
    lastTime = max(lastTime ?? time, time)
    guard !packet.isOutbound else {
      counts.outbound += 1
      return
    }
    switch DatagramKind.classify(payload) {
    case .rtp(let header):
      take(header, of: payload, connection: packet.connection, time: time, index)
    case .rtcp: counts.rtcp += 1
    case .ipDiscovery: counts.discovery += 1
    case .keepalive: counts.keepalive += 1
    case .tooShort, .foreign: counts.foreign += 1
    }
  }

  private mutating func take(
    _ header: RTPHeader, of datagram: Span<UInt8>, connection: UInt32, time: Int64,
    _ index: UInt64
  ) {
    if firstPacketTime == nil { firstPacketTime = time }
    let key = StreamKey.key(connection: connection, ssrc: header.ssrc)
    let isLearned = owners.isEmpty ? false : advanceOwner(of: key, to: index)
    let slot: Int
    if let known = current[key] {
      slot = known
    } else {
      slot = observers.count
      observers.append(
        StreamObserver(
          connection: connection, ssrc: header.ssrc, firstPacket: index, arrival: time,
          user: announced[key], isLearned: isLearned))
      current[key] = slot
    }
    observers[slot].take(
      header, isAudio: takesAnyPayloadType || header.payloadType == 120, arrival: time
    ) {
      keys?.isCredible(datagram, header: header, connection: connection, time: time) ?? true
    } isQuiet: {
      quiet.contains(datagram, header: header, connection: connection, time: time)
    }
  }

  /// Names the user whom the keys name for a packet of an SSRC, if they do.
  ///
  /// - Returns: Whether it was the keys that named.
  private mutating func advanceOwner(of key: UInt64, to index: UInt64) -> Bool {
    guard let spans = owners[key] else { return false }
    var count = owned[key] ?? 0
    while count < spans.count, spans[count].firstPacket <= index {
      if spans[count].user != announced[key] { current[key] = nil }
      announced[key] = spans[count].user
      count += 1
    }
    owned[key] = count
    return count > 0 && spans[count - 1].isLearned
  }

  /// Takes an event.
  mutating func take(_ event: CaptureEvent) {
    let time = SessionTime.bounded(event.time)
    lastTime = max(lastTime ?? time, time)
    switch event.kind {
    case ClockEvent.kind:
      if event.payload(ClockEvent.self)?.bridged == true { isClockBridged = true }
      return
    case SpeakingEvent.kind:
      name(event)
      return
    case VoiceServerEvent.kind: serverTime = serverTime ?? time
    case LeaveEvent.kind: leaveTime = time
    case ConnectionEvent.kind:
      if let payload = event.payload(ConnectionEvent.self) {
        connections[payload.connection] = SessionSurvey.Connection(
          mode: payload.mode, dave: payload.dave)
      }
    // Too many to be kept, in a call that people come to and go from.
    case DAVEEpochEvent.kind, DAVETransitionEvent.kind:
      epochs.take(event, at: time)
      return
    case DAVEPlaintextEvent.kind:
      guard let payload = event.payload(DAVEPlaintextEvent.self) else { return }
      let before = allowsPlaintext.updateValue(payload.allowed, forKey: payload.connection)
      // Recorders say it with every epoch.
      guard payload.allowed != before else { return }
      epochs.take(event, at: time)
      if before == nil, !payload.allowed { return }
    case ClientConnectEvent.kind:
      users.formUnion(event.payload(ClientConnectEvent.self)?.users ?? [])
    case DropsEvent.kind:
      if let payload = event.payload(DropsEvent.self) {
        drops[payload.where, default: 0] &+= payload.packets
      }
    default: break
    }
    if events.count < Self.keptEvents { events.append(event) }
  }

  /// A user has an SSRC from now on. The first user ever named also gets what came before.
  private mutating func name(_ event: CaptureEvent) {
    let known = speaking[event.data]
    guard let payload = known ?? event.payload(SpeakingEvent.self) else { return }
    if known == nil, speaking.count < Self.keptEvents { speaking[event.data] = payload }
    users.insert(payload.user)
    let key = StreamKey.key(connection: payload.connection, ssrc: payload.ssrc)
    guard owners.isEmpty || owners[key] == nil else { return }
    if let before = announced[key], before != payload.user, handovers.count < Self.keptHandovers {
      handovers.append(
        Handover(
          connection: payload.connection, ssrc: payload.ssrc, from: before, to: payload.user,
          time: SessionTime.bounded(event.time), packet: packetIndex))
    }
    announced[key] = payload.user
    guard let slot = current[key] else { return }
    if observers[slot].user == nil {
      observers[slot].user = payload.user
    } else if observers[slot].user != payload.user {
      current[key] = nil
    }
  }

  mutating func take(_ damage: CaptureDamage) {
    damageCount += 1
    if damages.count < Self.keptDamages { damages.append(damage) }
  }

  consuming func finish(extent: CaptureExtent) -> SessionSurvey {
    let start = Int64(session.startUnixNanoseconds).map { SessionTime.bounded($0) }
    let zero = serverTime ?? (takesAnyPayloadType ? firstPacketTime : start) ?? lastTime ?? 0
    var streams: [StreamSurvey] = []
    streams.reserveCapacity(observers.count)
    while !observers.isEmpty { streams.append(observers.removeLast().finish()) }
    streams.reverse()
    var counts = counts
    var speakers: [String: SessionSurvey.Speaker] = [:]
    for (index, stream) in streams.enumerated() {
      guard stream.audioPackets > 0 else {
        counts.otherRTP += stream.packets
        continue
      }
      let id = stream.user ?? "ssrc-\(stream.ssrc)"
      var speaker =
        speakers[id]
        ?? SessionSurvey.Speaker(id: id, userID: stream.user, packets: 0, streams: [])
      speaker.packets += stream.packets
      speaker.streams.append(index)
      speakers[id] = speaker
    }
    return SessionSurvey(
      session: session, extent: extent, isComplete: extent.isComplete, zero: zero,
      end: max(zero, leaveTime ?? lastTime ?? zero),
      speakers: speakers.values.sorted { $0.id < $1.id },
      participants: users.subtracting(speakers.keys).sorted(), counts: counts, events: events,
      drops: drops, isClockBridged: isClockBridged, damages: damages, damageCount: damageCount,
      streams: streams, handovers: handovers,
      connections: connections, epochs: epochs, takesAnyPayloadType: takesAnyPayloadType)
  }
}

/// Times of a log that may hold anything.
enum SessionTime {
  /// Held to 0...2^61 (the year 2043), so that no sum of a few overflows.
  static func bounded(_ time: Int64) -> Int64 { min(max(time, 0), 1 << 61) }
}

/// A connection and an SSRC as one number.
enum StreamKey {
  static func key(connection: UInt32, ssrc: UInt32) -> UInt64 {
    UInt64(connection) << 32 | UInt64(ssrc)
  }
}
