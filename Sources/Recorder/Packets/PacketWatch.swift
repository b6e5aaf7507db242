internal import DAVE
internal import DAVEFrames
internal import RTP
internal import VoiceCrypto

/// Opens single packets of a recording, to tell in time that something does not open.
///
/// Packets that came before their key or their mapping wait for it for 2 s, and count as failures
/// only then. Pure: times are nanoseconds of a clock that does not go back.
struct PacketWatch: ~Copyable {
  /// Is told what became of a packet of an SSRC, by the key of ``PacketSource``.
  typealias Report = (_ key: UInt64, _ outcome: WatchOutcome) -> Void

  /// A frame that waits.
  private struct Waiting: Sendable {
    var key: UInt64
    var user: UInt64?
    var failure: WatchOutcome
  }

  private struct Encryption {
    var hasDAVE: Bool
    var allowsPlaintext: Bool
  }

  private static let mostConnections = 4
  private static let mostNumbers = 1_024

  private var transports: [TransportBox] = []
  private var encryption: [UInt32: Encryption] = [:]
  private var keys = KeyRing()
  private var retry = RetryRing<Waiting>()
  /// Numbers that were opened where no end-to-end encryption tells replays.
  private var numbers: [UInt64: SequenceWindow] = [:]
  private var opened: [UInt8] = []

  mutating func begin(connection: UInt32, hasDAVE: Bool) {
    if encryption.count >= Self.mostConnections, encryption[connection] == nil,
      let oldest = encryption.keys.min()
    {
      encryption[oldest] = nil
    }
    encryption[connection] = Encryption(hasDAVE: hasDAVE, allowsPlaintext: !hasDAVE)
  }

  mutating func use(_ transport: TransportBox) {
    transports.removeAll { $0.connection == transport.connection }
    if transports.count >= Self.mostConnections { transports.removeFirst() }
    transports.append(transport)
  }

  mutating func allowPlaintext(_ isAllowed: Bool, connection: UInt32) {
    encryption[connection]?.allowsPlaintext = isAllowed
  }

  mutating func install(_ epoch: DAVEEpochKeys, now: Int64, report: Report) {
    keys.install(
      FrameEpoch(
        connection: epoch.connection, incarnation: epoch.incarnation, epoch: epoch.epoch),
      secrets: epoch.senders, at: now)
    retryAll(now: now, report: report)
  }

  mutating func executed(_ epoch: FrameEpoch, now: Int64) {
    keys.retire(before: epoch, at: now)
  }

  /// Op 5: what waited for this can be opened.
  mutating func map(
    ssrc: UInt32, to user: UInt64, connection: UInt32, now: Int64, report: Report
  ) {
    let key = PacketSource.key(connection, ssrc)
    var found: [(Waiting, WatchOutcome)] = []
    var lost: [Waiting] = []
    var retry = RetryRing<Waiting>()
    swap(&retry, &self.retry)
    retry.retry(ssrc: ssrc, at: now, lost: { lost.append($0) }) { frame, _, waiting in
      var waiting = waiting
      if waiting.key == key { waiting.user = user }
      let outcome = open(frame, user: waiting.user)
      guard !outcome.isFailure else { return false }
      found.append((waiting, outcome))
      return true
    }
    swap(&retry, &self.retry)
    for (waiting, outcome) in found { report(waiting.key, outcome) }
    for waiting in lost { report(waiting.key, waiting.failure) }
  }

  private mutating func retryAll(now: Int64, report: Report) {
    var retry = RetryRing<Waiting>()
    swap(&retry, &self.retry)
    retry.retryAll(at: now, lost: { report($0.key, $0.failure) }) { frame, _, waiting in
      let outcome = open(frame, user: waiting.user)
      guard !outcome.isFailure else { return false }
      report(waiting.key, outcome)
      return true
    }
    swap(&retry, &self.retry)
  }

  /// Reports frames that waited in vain.
  mutating func tick(now: Int64, report: Report) {
    retry.expire(at: now) { report($0.key, $0.failure) }
    keys.prune(at: now)
  }

  /// Tries one packet.
  mutating func take(
    _ datagram: Span<UInt8>, connection: UInt32, user: UInt64?, now: Int64, report: Report
  ) {
    guard case .rtp(let header) = DatagramKind.classify(datagram) else { return }
    let key = PacketSource.key(connection, header.ssrc)
    let transport = transports.last { $0.connection == connection }
    var outcome = WatchOutcome.transport
    let isOpen = transport?.open(datagram, header) { frame in
      outcome = take(frame, header, key: key, user: user, now: now, report: report)
    }
    if isOpen != true { outcome = .transport }
    if !isWaiting(outcome) { report(key, outcome) }
  }

  private func isWaiting(_ outcome: WatchOutcome) -> Bool {
    switch outcome {
    case .noEpoch, .badTag, .unmapped: true
    default: false
    }
  }

  private mutating func take(
    _ frame: Span<UInt8>, _ header: RTPHeader, key: UInt64, user: UInt64?, now: Int64,
    report: Report
  ) -> WatchOutcome {
    let encryption = encryption[PacketSource.connection(ofKey: key)]
    if encryption?.allowsPlaintext ?? true, !DAVEFrame.looksEncrypted(frame) {
      return isNew(header.sequenceNumber, key) ? .opened : .replay
    }
    let outcome = open(frame, user: user)
    // Without end-to-end encryption an Opus packet may end like a frame by chance.
    if encryption?.hasDAVE == false, outcome.isFailure {
      return isNew(header.sequenceNumber, key) ? .opened : .replay
    }
    if isWaiting(outcome) {
      let waiting = Waiting(key: key, user: user, failure: outcome)
      retry.hold(frame, ssrc: header.ssrc, at: now, context: waiting) {
        report($0.key, $0.failure)
      }
    }
    return outcome
  }

  private mutating func isNew(_ number: UInt16, _ key: UInt64) -> Bool {
    if numbers[key] == nil, numbers.count >= Self.mostNumbers {
      numbers.removeAll(keepingCapacity: true)
    }
    return numbers[key, default: SequenceWindow()].insert(number)
  }

  private mutating func open(_ frame: Span<UInt8>, user: UInt64?) -> WatchOutcome {
    guard let user else {
      if DAVEFrame.isSilence(frame) { return .silence }
      return DAVEFrame.looksEncrypted(frame) ? .unmapped : .notDAVE
    }
    do throws(FrameFailure) {
      switch try keys.open(frame, from: user, allowingPlaintext: false, into: &opened) {
      case .encrypted: return .opened
      case .silence: return .silence
      case .plaintext: return .notDAVE
      }
    } catch {
      switch error {
      case .noEpoch: return .noEpoch
      case .badTag: return .badTag
      case .replay: return .replay
      case .notDAVE: return .notDAVE
      }
    }
  }
}
