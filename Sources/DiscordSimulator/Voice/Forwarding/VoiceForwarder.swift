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
  /// What scripted speakers said, in order, as far as ``VoiceRules/truthLimit``.
  private(set) var spoken: [SpokenFrame] = []
  /// The system's real time at `now` 0.
  var realTimeAtStart: Int64 = 0
  var players: [ScriptPlayer] = []

  /// When the timer is to look next, as it knows.
  var announcedDeadline: Int64?

  var clients: [UInt32: MediaClient] = [:]
  var delayed = DelayedDatagrams()
  var random: SplitMix64
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
    if spoken.count < rules.truthLimit {
      spoken.append(
        SpokenFrame(
          user: client.user, ssrc: ssrc, sequence: frame.sequence,
          time: realTimeAtStart + frame.time))
    }
    return forward(
      Speech(
        sequence: frame.sequence, timestamp: frame.timestamp, payload: payload, opus: frame.opus,
        time: frame.time), of: client, now: now)
  }

  mutating func forward(
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
      if reports, receiver.path.isOpen(at: now) {
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
