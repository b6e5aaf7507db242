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

  /// What is known of a connection.
  private struct Connection: Sendable {
    var number: UInt32
    var hasDAVE: Bool
    var allowsPlaintext: Bool
  }

  /// RTP payload types of Discord's video codecs and their retransmissions.
  static let videoPayloadTypes: ClosedRange<UInt8> = 101...110
  /// Connections that overlap at a change of the voice server.
  private static let mostConnections = 4

  let limits: PacketLimits
  private(set) var table: SourceTable
  private var excluded: Set<UInt64>
  private var video: Set<UInt64> = []
  private var connections: [Connection] = []
  private var others: TokenBucket
  private var watched: TokenBucket
  private var hold: HoldRing?

  private(set) var received: UInt64 = 0
  private(set) var lastArrival: Int64?
  /// Voice packets that were to be stored.
  private(set) var voice: UInt64 = 0
  private var kinds = [UInt64](repeating: 0, count: PacketKind.allCases.count)
  private var drops = [UInt64](repeating: 0, count: PacketDrop.allCases.count)

  init(excluded: Set<UInt64>, limits: PacketLimits = PacketLimits()) {
    self.limits = limits
    table = SourceTable(limits: limits)
    self.excluded = excluded
    others = TokenBucket(perSecond: limits.otherPackets, burst: limits.burstOfOthers)
    watched = TokenBucket(perSecond: limits.watchedPackets, burst: limits.watchedBurst)
    video.reserveCapacity(limits.videoSources)
    connections.reserveCapacity(Self.mostConnections)
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
    if !table[slot].isMapped, isHolding(connection) {
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

  /// Whether packets without a user wait: only where their content would lie open in the capture.
  private func isHolding(_ connection: UInt32) -> Bool {
    guard hold != nil else { return false }
    let known = connections.last { $0.number == connection }
    return known.map { !$0.hasDAVE || $0.allowsPlaintext } ?? true
  }

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

  /// Lends what waited for this SSRC to `store`, or counts it as excluded.
  private mutating func release(
    _ slot: Int, store: (Span<UInt8>, Int64?, UInt32) -> Void
  ) {
    let source = table[slot]
    var count: UInt64 = 0
    hold?.release(source.key) { datagram, entry in
      count += 1
      if !source.isExcluded { store(datagram, entry.kernelTime, source.connection) }
    }
    if source.isExcluded {
      drops[PacketDrop.excluded.rawValue] += count
    } else {
      voice += count
    }
  }

  // MARK: What the gateway says

  mutating func begin(connection: UInt32, hasDAVE: Bool) {
    connections.removeAll { $0.number == connection }
    if connections.count >= Self.mostConnections { connections.removeFirst() }
    connections.append(
      Connection(number: connection, hasDAVE: hasDAVE, allowsPlaintext: !hasDAVE))
  }

  mutating func allowPlaintext(_ isAllowed: Bool, connection: UInt32) {
    guard let index = connections.firstIndex(where: { $0.number == connection }) else { return }
    connections[index].allowsPlaintext = isAllowed
  }

  /// Op 5. What waited for it is lent to `store`, or dropped.
  mutating func map(
    ssrc: UInt32, to user: UInt64, connection: UInt32, now: Int64,
    store: (Span<UInt8>, Int64?, UInt32) -> Void
  ) {
    let key = PacketSource.key(connection, ssrc)
    video.remove(key)
    // What waited too long is gone, however late the next tick comes.
    tick(now: now)
    guard let slot = table.place(key, isMapped: true, now: now) else { return }
    if let known = table[slot].user, known != user {
      // Counts are a user's.
      table[slot].packets = 0
      table[slot].sequence = SequenceCount()
      table[slot].opened = 0
      table[slot].failed = 0
      table[slot].lastOpened = nil
    }
    if !table[slot].isMapped || table[slot].user != user {
      table[slot].watchedFirst = limits.watchedFirst
    }
    table[slot].user = user
    table[slot].isExcluded = excluded.contains(user)
    table.setMapped(slot, true)
    release(slot, store: store)
  }

  /// Op 13: the user's SSRCs are nobody's until they are named again.
  mutating func unmap(user: UInt64, connection: UInt32) {
    for slot in table.indices
    where table[slot].connection == connection && table[slot].user == user {
      table.setMapped(slot, false)
    }
  }

  mutating func noteVideo(ssrcs: [UInt32], connection: UInt32) {
    for ssrc in ssrcs where ssrc != 0 && video.count < limits.videoSources {
      video.insert(PacketSource.key(connection, ssrc))
    }
  }

  /// Replaces the list. When it becomes empty, what waits is stored.
  mutating func setExcluded(
    _ users: Set<UInt64>, store: (Span<UInt8>, Int64?, UInt32) -> Void
  ) {
    excluded = users
    for slot in table.indices {
      table[slot].isExcluded = table[slot].user.map(users.contains) ?? false
    }
    if !users.isEmpty {
      if hold == nil { hold = HoldRing(capacity: limits.holdBytes) }
    } else if var waiting = hold.take() {
      var count: UInt64 = 0
      waiting.releaseAll { datagram, entry in
        count += 1
        store(datagram, entry.kernelTime, UInt32(truncatingIfNeeded: entry.key >> 32))
      }
      voice += count
    }
  }

  // MARK: What the watch says

  /// Keys changed: the first packets of everybody are watched again.
  mutating func keysChanged(connection: UInt32) {
    for slot in table.indices where table[slot].connection == connection {
      table[slot].watchedFirst = limits.watchedFirst
    }
  }

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
