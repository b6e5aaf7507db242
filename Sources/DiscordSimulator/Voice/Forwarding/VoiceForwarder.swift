internal import CaptureSynthesis
internal import RTP
internal import VoiceCrypto

/// The part of a voice server that speech goes through (an SFU): it opens what clients send with
/// their transport keys, and sends it to everybody else in the channel with theirs.
///
/// No socket and no clock: `now` is nanoseconds since any fixed start. It is no `Sendable` value, as
/// its clients are objects with C contexts: it lives within one lock.
struct VoiceForwarder {
  var rules: VoiceRules
  /// What is counted here; the rest is the server's.
  var statistics = VoiceStatistics()
  private(set) var truth: [ForwardedPacket] = []
  /// The system's real time at `now` 0.
  var realTimeAtStart: Int64 = 0
  var players: [ScriptPlayer] = []

  /// When the timer is to look next, as it knows.
  var announcedDeadline: Int64?

  private var clients: [UInt32: MediaClient] = [:]
  private var delayed = DelayedDatagrams()
  /// No network answers at once, ns: discord.py loses an answer that is there before it listens.
  private static let discoveryDelay: Int64 = 5_000_000
  private var random: SplitMix64
  /// Faults that are for every client, for those who come later.
  private var commonFaults: [(at: Int64, effect: VoiceFault.Effect, user: UInt64?)] = []

  init(rules: VoiceRules) {
    self.rules = rules
    random = SplitMix64(seed: rules.seed).child(2)
  }

  var nextDeadline: Int64? {
    [delayed.nextDeadline, players.compactMap(\.nextDeadline).min()].compactMap(\.self).min()
  }

  /// Whether something is due earlier than the timer knows; from now on it knows.
  mutating func isDueEarlier() -> Bool {
    guard let next = nextDeadline, announcedDeadline.map({ next < $0 }) ?? true else {
      return false
    }
    announcedDeadline = next
    return true
  }

  mutating func change(_ change: VoiceMediaChange, now: Int64) {
    switch change {
    case .add(let ssrc, let user, let channel, let isScripted):
      let client = MediaClient(
        ssrc: ssrc, user: user, channel: channel, isScripted: isScripted,
        random: random.child(UInt64(ssrc)))
      clients[ssrc] = client
      if isScripted {
        update(user) { $0.joined(ssrc: ssrc, now: now) }
      } else {
        // What is on the way of a user stays there when the user comes again.
        for fault in commonFaults where fault.user == nil || fault.user == user {
          client.path.add(fault.effect, at: fault.at)
        }
      }
    case .describe(let ssrc, let mode, let key, let address, let port):
      guard let mode = TransportMode(rawValue: mode) else { return }
      clients[ssrc]?.transport = try? MediaClient.Transport(
        mode: mode, key: key, address: VoiceAddress(host: address, port: port))
    case .allow(let ssrc, let talking, let hearing):
      clients[ssrc]?.mayTalk = talking
      clients[ssrc]?.mayHear = hearing
    case .seal(let ssrc, let secret, let sealsSilence):
      guard let client = clients[ssrc] else { return }
      client.sealing = try? MediaClient.Sealing(secret: secret, sealsSilence: sealsSilence)
      update(client.user) { $0.canTalk = true }
    case .remove(let ssrc): clients[ssrc] = nil
    case .fault(let effect, let user):
      for client in clients.values where !client.isScripted && (user == nil || client.user == user)
      {
        client.path.add(effect, at: now)
      }
      if !effect.isForPacketsAtHand {
        commonFaults = commonFaults.suffix(63) + [(now, effect, user)]
      }
    }
  }

  mutating func update(_ user: UInt64, _ change: (inout ScriptPlayer) -> Void) {
    for index in players.indices where players[index].user == user { change(&players[index]) }
  }

  /// A datagram came.
  mutating func received(
    _ datagram: [UInt8], from address: VoiceAddress, now: Int64
  ) -> [VoiceDatagram] {
    switch DatagramKind.classify(datagram.span) {
    case .ipDiscovery:
      guard let request = try? IPDiscovery(parsing: datagram.span), request.kind == .request,
        let client = clients[request.ssrc], !client.isScripted, client.path.isOpen(at: now)
      else { return refuse() }
      statistics.discoveries += 1
      let answer = IPDiscovery.response(
        ssrc: request.ssrc, address: address.host, port: address.port)
      delayed.insert(
        VoiceDatagram(bytes: answer.encoded(), to: address), due: now + Self.discoveryDelay)
      return []
    case .keepalive:
      guard let client = clients.values.first(where: { $0.transport?.address == address }),
        client.path.isOpen(at: now)
      else { return refuse() }
      statistics.keepalives += 1
      return [VoiceDatagram(bytes: datagram, to: address)]
    case .rtp(let header): return received(header, datagram, now: now)
    // Receiver reports: nobody needs them.
    case .rtcp: return []
    case .tooShort, .foreign: return refuse()
    }
  }

  private mutating func refuse() -> [VoiceDatagram] {
    statistics.refused += 1
    return []
  }

  private mutating func received(
    _ header: RTPHeader, _ datagram: [UInt8], now: Int64
  ) -> [VoiceDatagram] {
    guard let client = clients[header.ssrc], client.path.isOpen(at: now),
      let plaintext = client.transport?.open(
        datagram, authenticatedLength: header.authenticatedLength),
      plaintext.count >= header.extensionBodyLength
    else { return refuse() }
    var payload = Array(plaintext[header.extensionBodyLength...])
    guard let length = try? payloadWithoutPadding(payload.span, hasPadding: header.hasPadding)
    else { return refuse() }
    payload.removeLast(payload.count - length)
    statistics.received += 1
    guard client.mayTalk else {
      statistics.silenced += 1
      return []
    }
    let isSealed = payload.suffix(2) == [0xFA, 0xFA]
    return forward(
      Speech(
        sequence: header.sequenceNumber, timestamp: header.timestamp, marker: header.marker,
        payloadType: header.payloadType, payload: payload, opus: isSealed ? nil : payload,
        time: now),
      of: client, now: now)
  }

  /// A packet of speech before the transport encryption of a receiver.
  private struct Speech {
    var sequence: UInt16
    var timestamp: UInt32
    var marker = false
    var payloadType: UInt8 = 120
    var payload: [UInt8]
    var opus: [UInt8]?
    var time: Int64
  }

  /// A frame of a scripted speaker.
  private mutating func speak(
    _ frame: ScriptPlayer.Frame, ssrc: UInt32, now: Int64
  ) -> [VoiceDatagram] {
    guard let client = clients[ssrc], let payload = client.sealing?.seal(frame.opus) else {
      return []
    }
    guard client.mayTalk else {
      statistics.silenced += 1
      return []
    }
    return forward(
      Speech(
        sequence: frame.sequence, timestamp: frame.timestamp, payload: payload, opus: frame.opus,
        time: frame.time), of: client, now: now)
  }

  private mutating func forward(
    _ speech: Speech, of sender: MediaClient, now: Int64
  ) -> [VoiceDatagram] {
    sender.packetCount &+= 1
    sender.octetCount &+= UInt32(truncatingIfNeeded: speech.payload.count)
    let reports = sender.lastReport.map { now - $0 >= rules.reportInterval.nanoseconds } ?? false
    if reports || sender.lastReport == nil { sender.lastReport = now }
    var datagrams: [VoiceDatagram] = []
    for receiver in clients.values
    where receiver.channel == sender.channel && receiver !== sender && receiver.mayHear {
      guard let transport = receiver.transport else { continue }
      if reports {
        let time = realTimeAtStart + now
        let (header, rest) = SenderReport.packet(of: sender, speech.timestamp, time: time)
        datagrams.append(
          VoiceDatagram(
            bytes: transport.seal(header: header, plaintext: rest), to: transport.address))
      }
      statistics.forwarded += 1
      let bytes = packet(speech, of: sender, through: transport)
      for passed in receiver.path.pass(bytes, at: now) {
        if !passed.isExtra { remember(passed, speech, from: sender, to: receiver) }
        guard passed.fate != .lost else { continue }
        let datagram = VoiceDatagram(bytes: passed.bytes, to: transport.address)
        if passed.due <= now {
          datagrams.append(datagram)
        } else {
          delayed.insert(datagram, due: passed.due)
        }
      }
    }
    return datagrams
  }

  private mutating func packet(
    _ speech: Speech, of sender: MediaClient, through transport: MediaClient.Transport
  ) -> [UInt8] {
    let isSilent = speech.payload == MediaClient.Sealing.silence
    let body = rules.hasExtensions ? transport.extensionBody(isSilent: isSilent) : []
    let isPadded = random.chance(rules.paddingShare)
    let padding = Int(random.next() % 24) + 1
    var header: [UInt8] = []
    RTPHeader(
      hasPadding: isPadded, marker: speech.marker, payloadType: speech.payloadType,
      sequenceNumber: speech.sequence, timestamp: speech.timestamp, ssrc: sender.ssrc,
      hasExtension: rules.hasExtensions, extensionBodyLength: body.count
    ).encode(into: &header)
    var plaintext = body + speech.payload
    if isPadded {
      // RFC 3550, 5.1: the last byte counts all of the padding, itself included.
      plaintext += [UInt8](repeating: 0, count: padding - 1) + [UInt8(padding)]
    }
    return transport.seal(header: header, plaintext: plaintext)
  }

  private mutating func remember(
    _ passed: VoicePath.Passed, _ speech: Speech, from sender: MediaClient, to receiver: MediaClient
  ) {
    guard truth.count < rules.truthLimit else { return }
    truth.append(
      ForwardedPacket(
        receiver: receiver.user, user: sender.user, ssrc: sender.ssrc, sequence: speech.sequence,
        timestamp: speech.timestamp, speechTime: realTimeAtStart + speech.time,
        sentTime: realTimeAtStart + passed.due, opus: speech.opus, payload: speech.payload,
        fate: passed.fate))
  }

  /// Sends what is due, and has the scripted speakers do what is.
  mutating func tick(now: Int64) -> (datagrams: [VoiceDatagram], events: [ScriptPlayer.Event]) {
    var datagrams = delayed.take(until: now)
    var events: [ScriptPlayer.Event] = []
    for index in players.indices {
      while let due = players[index].nextDeadline, due <= now {
        for action in players[index].step(now: now) {
          switch action {
          case .frame(let frame, let ssrc): datagrams += speak(frame, ssrc: ssrc, now: now)
          case .event(let event): events.append(event)
          }
        }
      }
    }
    players.removeAll(where: \.isOver)
    return (datagrams, events)
  }
}

extension VoiceFault.Effect {
  /// Whether the fault is over with what is there now, and does not wait for who comes later.
  fileprivate var isForPacketsAtHand: Bool {
    switch self {
    case .loss, .reorder, .duplicate, .corrupt, .replay, .forge, .delay, .jitter, .blackout: false
    default: true
    }
  }
}
