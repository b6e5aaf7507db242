internal import Glibc
internal import RTP
internal import Synchronization
internal import Threads

/// What the receive thread, the watch's thread and the gateway's events share.
///
/// The gate's lock is held for the decision about one packet, or for a walk over its table: no work
/// that waits. The watch has a lock of its own, which the receive thread never takes.
final class FilterCore: Sendable {
  struct Gate: Sendable {
    var gate: PacketGate
    var proofs: [TransportBox] = []
    var outcomes = [UInt64](repeating: 0, count: WatchOutcome.allCases.count)
  }

  private static let mostProofs = 4
  /// How long packets may gather for the watch, nanoseconds: waking it costs more than opening one.
  private static let gatherTime: Int64 = 20_000_000

  let store: PacketFilter.Store
  let gate: Mutex<Gate>
  let watch = Mutex(PacketWatch())
  private let queue = WatchQueue()
  private let wakeup = Wakeup()
  private let isStopped = Atomic<Bool>(false)

  init(excluded: Set<UInt64>, limits: PacketLimits, store: @escaping PacketFilter.Store) {
    self.store = store
    gate = Mutex(Gate(gate: PacketGate(excluded: excluded, limits: limits)))
  }

  func take(_ datagram: Span<UInt8>, kernelTime: Int64?, connection: UInt32, now: Int64) {
    let decision = gate.withLock { state in
      let proofs = state.proofs
      return state.gate.take(
        datagram, kernelTime: kernelTime, connection: connection, now: now
      ) { datagram, header, connection in
        proofs.last { $0.connection == connection }?.opens(datagram, header) ?? false
      }
    }
    if decision.verdict == .store { _ = store(datagram, kernelTime, connection) }
    guard decision.isWatched else { return }
    if queue.append(datagram, connection: connection, user: decision.user, time: now) {
      wakeup.signal()
    }
  }

  func addProof(_ transport: TransportBox) {
    gate.withLock { state in
      state.proofs.removeAll { $0.connection == transport.connection }
      if state.proofs.count >= Self.mostProofs { state.proofs.removeFirst() }
      state.proofs.append(transport)
    }
  }

  func note(_ outcome: WatchOutcome, key: UInt64, now: Int64) {
    gate.withLock { state in
      state.outcomes[outcome.rawValue] += 1
      state.gate.note(outcome, key: key, now: now)
    }
  }

  // MARK: The watch's thread

  func runWatch() {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2_048)
    while !isStopped.load(ordering: .acquiring) {
      while let item = queue.next(into: &bytes) {
        let datagram = bytes
        watch.withLock { watch in
          watch.take(
            datagram.span, connection: item.connection, user: item.user, now: item.time
          ) { key, outcome in note(outcome, key: key, now: item.time) }
        }
      }
      wakeup.wait(nanoseconds: 1_000_000_000)
      if !isStopped.load(ordering: .acquiring) { wakeup.wait(nanoseconds: Self.gatherTime) }
    }
  }

  func stop() {
    isStopped.store(true, ordering: .releasing)
    wakeup.signal()
  }

  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
