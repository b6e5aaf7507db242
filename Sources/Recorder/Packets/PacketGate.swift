internal import RTP

/// What becomes of each datagram of the voice socket. Pure, and nothing of it allocates once its
/// tables are there; times are nanoseconds of a clock that does not go back.
struct PacketGate: Sendable {
  /// Opens a packet of a connection, to prove that it comes from the server.
  typealias Proof = (_ datagram: Span<UInt8>, _ header: RTPHeader, _ connection: UInt32) -> Bool

  enum Verdict: Equatable, Sendable {
    case store
    /// Waits in memory.
    case hold
    case drop(PacketDrop)
  }

  struct Decision: Equatable, Sendable {
    var verdict: Verdict
    /// The watch should try to open this packet.
    var isWatched = false
    /// Whose it is, for the watch.
    var user: UInt64?
    var ssrc: UInt32 = 0
  }

  /// RTP payload types of Discord's video codecs and their retransmissions.
  static let videoPayloadTypes: ClosedRange<UInt8> = 101...110

  let limits: PacketLimits
  var table: SourceTable
  var excluded: Set<UInt64>
  var video: Set<UInt64> = []
  var connections = GateConnections()
  private var others: TokenBucket
  private var watched: TokenBucket
  var hold: HoldRing?

  private(set) var received: UInt64 = 0
  private(set) var lastArrival: Int64?
  /// Voice packets that were to be stored.
  var voice: UInt64 = 0
  private var kinds = [UInt64](repeating: 0, count: PacketKind.allCases.count)
  var drops = [UInt64](repeating: 0, count: PacketDrop.allCases.count)

  init(excluded: Set<UInt64>, limits: PacketLimits = PacketLimits()) {
    self.limits = limits
    table = SourceTable(limits: limits)
    self.excluded = excluded
    others = TokenBucket(perSecond: limits.otherPackets, burst: limits.burstOfOthers)
    watched = TokenBucket(perSecond: limits.watchedPackets, burst: limits.watchedBurst)
    video.reserveCapacity(limits.videoSources)
    hold = excluded.isEmpty ? nil : HoldRing(capacity: limits.holdBytes)
  }

  func count(_ kind: PacketKind) -> UInt64 { kinds[kind.rawValue] }
  func count(_ drop: PacketDrop) -> UInt64 { drops[drop.rawValue] }

  // MARK: Datagrams

  /// Decides about one datagram of the voice server.
  mutating func take(
    _ datagram: Span<UInt8>, kernelTime: Int64?, connection: UInt32, now: Int64, isProven: Proof
  ) -> Decision {
    received += 1
    lastArrival = now
    switch DatagramKind.classify(datagram) {
    case .rtp(let header):
      return take(
        datagram, header, kernelTime: kernelTime, connection: connection, now: now,
        isProven: isProven)
    case .rtcp: return takeOther(.rtcp, at: now)
    case .ipDiscovery: return takeOther(.discovery, at: now)
    case .keepalive: return takeOther(.keepalive, at: now)
    case .foreign: return takeOther(.foreign, at: now)
    case .tooShort: return takeOther(.short, at: now)
    }
  }

  private mutating func takeOther(_ kind: PacketKind, at now: Int64) -> Decision {
    kinds[kind.rawValue] += 1
    return Decision(verdict: others.take(at: now) ? .store : drop(.cap))
  }

  private mutating func take(
    _ datagram: Span<UInt8>, _ header: RTPHeader, kernelTime: Int64?, connection: UInt32,
    now: Int64, isProven: Proof
  ) -> Decision {
    let key = PacketSource.key(connection, header.ssrc)
    if Self.videoPayloadTypes.contains(header.payloadType) || video.contains(key) {
      kinds[PacketKind.video.rawValue] += 1
      return Decision(verdict: drop(.video))
    }
    kinds[PacketKind.voice.rawValue] += 1
    guard let slot = table.place(key, isMapped: false, now: now) else {
      return Decision(verdict: drop(.unknownSSRC))
    }
    table[slot].packets += 1
    table[slot].sequence.add(header.sequenceNumber)
    table[slot].lastArrival = now
    if table[slot].isMapped, table[slot].isExcluded {
      return Decision(verdict: drop(.excluded))
    }
    guard isWithinCaps(slot, datagram, header, now: now, isProven: isProven) else {
      return Decision(verdict: drop(.cap))
    }
    var decision = Decision(verdict: .store, ssrc: header.ssrc)
    decision.user = table[slot].isMapped ? table[slot].user : nil
    decision.isWatched = table[slot].isWatched(limits: limits) && watched.take(at: now)
    // Only where their content would lie open in the capture.
    if !table[slot].isMapped, hold != nil, connections.mayBeClear(connection) {
      keep(datagram, key: key, kernelTime: kernelTime, now: now)
      decision.verdict = .hold
    } else {
      voice += 1
    }
    return decision
  }

  private mutating func isWithinCaps(
    _ slot: Int, _ datagram: Span<UInt8>, _ header: RTPHeader, now: Int64, isProven: Proof
  ) -> Bool {
    if table[slot].bucket.take(at: now) {
      guard table[slot].isUnproven else { return true }
      if others.take(at: now) { return true }
    }
    // In a flood the key tells which packets are true; a true one that comes again is a replay.
    return isProven(datagram, header, table[slot].connection)
      && table[slot].proven.insert(header.sequenceNumber)
  }

  private mutating func drop(_ reason: PacketDrop) -> Verdict {
    drops[reason.rawValue] += 1
    return .drop(reason)
  }

  // MARK: Waiting

  private mutating func keep(
    _ datagram: Span<UInt8>, key: UInt64, kernelTime: Int64?, now: Int64
  ) {
    var lost: UInt64 = 0
    hold?.expire(before: now &- limits.longestHold) { _ in lost += 1 }
    hold?.append(datagram, key: key, time: now, kernelTime: kernelTime) { _ in lost += 1 }
    drops[PacketDrop.unmapped.rawValue] += lost
  }

  /// Lets go of what waited too long: it is dropped, as it may be of somebody who is excluded.
  mutating func tick(now: Int64) {
    var lost: UInt64 = 0
    hold?.expire(before: now &- limits.longestHold) { _ in lost += 1 }
    drops[PacketDrop.unmapped.rawValue] += lost
  }

  // MARK: What the watch says

  mutating func note(_ outcome: WatchOutcome, key: UInt64, now: Int64) {
    guard let slot = table.slot(key) else { return }
    if outcome.isAuthentic { table[slot].authentic += 1 }
    if outcome == .opened {
      table[slot].opened += 1
      table[slot].lastOpened = now
      table[slot].isFailing = false
    } else if outcome.isFailure {
      table[slot].failed += 1
      table[slot].isFailing = true
    }
  }
}
