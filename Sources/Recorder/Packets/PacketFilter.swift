package import DAVE
internal import DAVEFrames
internal import Synchronization
internal import Threads
package import VoiceCrypto

/// Decides for each datagram whether it is stored or only counted, and opens one in N to learn in
/// time that something does not open.
///
/// Stored is everything but: video; what is over the caps of ``PacketLimits``; speech of excluded
/// users. While there are such users and no end-to-end encryption, packets whose user is not known
/// wait for at most 2 s: they are stored when they are mapped to somebody else, and dropped when
/// they are mapped to an excluded user or to nobody in that time. What is not stored is counted.
///
/// ``take(_:kernelTime:connection:now:)`` is for the receive thread: no allocation, no lock that
/// waits.
package final class PacketFilter: Sendable {
  /// Gives a datagram to the capture; false when it was dropped there.
  package typealias Store =
    @Sendable (
      _ datagram: Span<UInt8>, _ kernelTime: Int64?, _ connection: UInt32
    ) -> Bool

  private let core: FilterCore
  private let thread: JoinableThread?

  /// - Parameters:
  ///   - excluded: whose speech is not stored.
  ///   - limits: of rate and memory.
  ///   - store: takes what is to be stored, on the receive thread or on one that maps.
  package init(
    excluded: Set<UInt64>, limits: PacketLimits = PacketLimits(), store: @escaping Store
  ) {
    let core = FilterCore(excluded: excluded, limits: limits, store: store)
    self.core = core
    thread = try? JoinableThread { core.runWatch() }
  }

  deinit {
    core.stop()
    thread?.join()
  }

  /// A datagram of the voice server, at `now` (nanoseconds of CLOCK_BOOTTIME).
  package func take(
    _ datagram: Span<UInt8>, kernelTime: Int64?, connection: UInt32, now: Int64
  ) {
    core.take(datagram, kernelTime: kernelTime, connection: connection, now: now)
  }

  /// Op 4: a connection is ready for media.
  package func begin(connection: UInt32, ownSSRC: UInt32, hasDAVE: Bool) {
    core.gate.withLock { $0.gate.begin(connection: connection, hasDAVE: hasDAVE) }
    core.watch.withLock { $0.begin(connection: connection, hasDAVE: hasDAVE) }
  }

  /// The key of a connection's transport encryption, for the watch.
  package func use(transportKey: [UInt8], mode: TransportMode, connection: UInt32) {
    // One each, as a cipher is for one thread at a time.
    guard let proof = TransportBox(connection: connection, mode: mode, key: transportKey),
      let watched = TransportBox(connection: connection, mode: mode, key: transportKey)
    else { return }
    core.addProof(proof)
    core.watch.withLock { $0.use(watched) }
    core.gate.withLock { $0.gate.keysChanged(connection: connection) }
  }

  /// The keys of an epoch, for the watch. Senders may switch before it is executed.
  package func install(_ keys: DAVEEpochKeys) {
    let now = FilterCore.now
    core.watch.withLock { watch in
      watch.install(keys, now: now) { key, outcome in core.note(outcome, key: key, now: now) }
    }
    core.gate.withLock { $0.gate.keysChanged(connection: keys.connection) }
  }

  /// Everybody switched: epochs before this one retire.
  package func executed(connection: UInt32, incarnation: UInt32, epoch: UInt64?, now: Int64) {
    core.gate.withLock { $0.gate.keysChanged(connection: connection) }
    guard let epoch else { return }
    let executed = FrameEpoch(connection: connection, incarnation: incarnation, epoch: epoch)
    core.watch.withLock { $0.executed(executed, now: now) }
  }

  /// Frames without end-to-end encryption are right from now on, or no longer.
  package func allowPlaintext(_ isAllowed: Bool, connection: UInt32) {
    core.gate.withLock { $0.gate.connections.allowPlaintext(isAllowed, connection) }
    core.watch.withLock { $0.allowPlaintext(isAllowed, connection: connection) }
  }

  /// Op 5: an SSRC is a user's.
  package func map(ssrc: UInt32, to user: UInt64, connection: UInt32) {
    let now = FilterCore.now
    core.gate.withLock { state in
      state.gate.map(ssrc: ssrc, to: user, connection: connection, now: now) {
        _ = core.store($0, $1, $2)
      }
    }
    core.watch.withLock { watch in
      watch.map(ssrc: ssrc, to: user, connection: connection, now: now) { key, outcome in
        core.note(outcome, key: key, now: now)
      }
    }
  }

  /// Op 13: the user's SSRCs are free for others.
  package func unmap(user: UInt64, connection: UInt32) {
    core.gate.withLock { $0.gate.unmap(user: user, connection: connection) }
  }

  /// SSRCs that carry video or its retransmission.
  package func noteVideo(ssrcs: [UInt32], connection: UInt32) {
    core.gate.withLock { $0.gate.noteVideo(ssrcs: ssrcs, connection: connection) }
  }

  /// Replaces the list of those whose speech is not stored.
  package func setExcluded(_ users: Set<UInt64>) {
    core.gate.withLock { state in
      state.gate.setExcluded(users) { _ = core.store($0, $1, $2) }
    }
  }

  /// Lets go of what waited long enough; called twice a second.
  package func tick(now: Int64) {
    core.gate.withLock { $0.gate.tick(now: now) }
    core.watch.withLock { watch in
      watch.tick(now: now) { key, outcome in core.note(outcome, key: key, now: now) }
    }
  }

  /// What happened so far.
  package var counts: PacketCounts {
    var streams: [PacketCounts.Stream] = []
    // Room is made before the lock, which the receive thread waits for.
    streams.reserveCapacity(PacketLimits().sources)
    var counts = PacketCounts()
    let (gate, outcomes) = core.gate.withLock { state in
      for slot in state.gate.table.indices { streams.append(.init(state.gate.table[slot])) }
      counts.lastArrival = state.gate.lastArrival
      counts.received = state.gate.received
      counts.voice = state.gate.voice
      return (
        (
          kinds: PacketKind.allCases.map(state.gate.count),
          drops: PacketDrop.allCases.map(state.gate.count)
        ),
        WatchOutcome.allCases.map { state.outcomes[$0.rawValue] }
      )
    }
    for kind in PacketKind.allCases where gate.kinds[kind.rawValue] > 0 {
      counts.kinds[kind.word] = gate.kinds[kind.rawValue]
    }
    for drop in PacketDrop.allCases where gate.drops[drop.rawValue] > 0 {
      counts.counted[drop.word] = gate.drops[drop.rawValue]
    }
    counts.opened = outcomes[WatchOutcome.opened.rawValue]
    for outcome in WatchOutcome.allCases
    where outcome != .opened && outcome != .silence && outcomes[outcome.rawValue] > 0 {
      counts.undecryptable[outcome.word] = outcomes[outcome.rawValue]
    }
    counts.isWatching = thread != nil
    streams.sort { ($0.connection, $0.ssrc) < ($1.connection, $1.ssrc) }
    counts.streams = streams
    return counts
  }
}
