package import DAVE
internal import RTP
internal import Synchronization
package import VoiceCrypto

/// Decides for each datagram whether it is stored or only counted, and opens one in N to learn in
/// time that something does not open.
///
/// ``take(_:kernelTime:connection:now:)`` is for the receive thread: no allocation, no lock that
/// waits.
package final class PacketFilter: Sendable {
  /// Gives a datagram to the capture; false when it was dropped there.
  package typealias Store =
    @Sendable (
      _ datagram: Span<UInt8>, _ kernelTime: Int64?, _ connection: UInt32
    ) -> Bool

  private struct State {
    var counts = PacketCounts()
    var excluded: Set<UInt64>
    var video: Set<UInt64> = []
    var streams: [UInt64: PacketCounts.Stream] = [:]
  }

  private let store: Store
  private let state: Mutex<State>

  /// - Parameters:
  ///   - excluded: whose speech is not stored.
  ///   - store: takes what is to be stored.
  package init(excluded: Set<UInt64>, store: @escaping Store) {
    self.store = store
    state = Mutex(State(excluded: excluded))
  }

  /// A datagram of the voice server, at `now` (nanoseconds of CLOCK_BOOTTIME).
  package func take(
    _ datagram: Span<UInt8>, kernelTime: Int64?, connection: UInt32, now: Int64
  ) {
    let isStored = state.withLock { state -> Bool in
      state.counts.received += 1
      state.counts.lastArrival = now
      guard case .rtp(let header) = DatagramKind.classify(datagram) else { return true }
      let key = Self.key(connection, header.ssrc)
      if state.video.contains(key) {
        state.counts.counted["video", default: 0] += 1
        return false
      }
      var stream =
        state.streams[key] ?? PacketCounts.Stream(connection: connection, ssrc: header.ssrc)
      stream.packets += 1
      stream.lastArrival = now
      state.streams[key] = stream
      if let user = stream.user, state.excluded.contains(user) {
        state.counts.counted["excluded", default: 0] += 1
        return false
      }
      state.counts.voice += 1
      return true
    }
    if isStored { _ = store(datagram, kernelTime, connection) }
  }

  /// Op 4: a connection is ready for media.
  package func begin(connection: UInt32, ownSSRC: UInt32, hasDAVE: Bool) {}

  /// The key of a connection's transport encryption, for the watch.
  package func use(transportKey: [UInt8], mode: TransportMode, connection: UInt32) {}

  /// The keys of an epoch, for the watch. Senders may switch before it is executed.
  package func install(_ keys: DAVEEpochKeys) {}

  /// Everybody switched: epochs before this one retire.
  package func executed(connection: UInt32, incarnation: UInt32, epoch: UInt64?, now: Int64) {}

  /// Frames without end-to-end encryption are right from now on, or no longer.
  package func allowPlaintext(_ isAllowed: Bool, connection: UInt32) {}

  /// Op 5: an SSRC is a user's.
  package func map(ssrc: UInt32, to user: UInt64, connection: UInt32) {
    state.withLock { state in
      let key = Self.key(connection, ssrc)
      state.streams[
        key, default: PacketCounts.Stream(connection: connection, ssrc: ssrc)
      ].user = user
    }
  }

  /// Op 13: the user's SSRCs are free for others.
  package func unmap(user: UInt64, connection: UInt32) {}

  /// SSRCs that carry video or its retransmission.
  package func noteVideo(ssrcs: [UInt32], connection: UInt32) {
    state.withLock { state in
      for ssrc in ssrcs { state.video.insert(Self.key(connection, ssrc)) }
    }
  }

  /// Replaces the list of those whose speech is not stored.
  package func setExcluded(_ users: Set<UInt64>) {
    state.withLock { $0.excluded = users }
  }

  /// Lets go of what waited long enough; called twice a second.
  package func tick(now: Int64) {}

  /// What happened so far.
  package var counts: PacketCounts {
    state.withLock { state in
      var counts = state.counts
      counts.streams = state.streams.values.sorted {
        ($0.connection, $0.ssrc) < ($1.connection, $1.ssrc)
      }
      return counts
    }
  }

  private static func key(_ connection: UInt32, _ ssrc: UInt32) -> UInt64 {
    UInt64(connection) << 32 | UInt64(ssrc)
  }
}
