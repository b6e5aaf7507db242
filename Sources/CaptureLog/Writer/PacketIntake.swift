internal import Synchronization
internal import Threads

/// The side of the writer that the receive thread and event sources touch.
///
/// Taking a datagram costs two clock readings, one copy and a few atomic operations: no
/// allocation, no system call (but for waking a writer that has slept), no waiting for the disk.
/// The mutex is there so that a second thread that appends, one that sends keepalives perhaps,
/// is safe; the writer thread never takes it while it writes.
final class PacketIntake: Sendable {
  private struct Producer {
    var stamps: StampMapper
    var isClosed = false
  }

  let clock: any CaptureClock
  let sessionClock: SessionClock
  let ring: PacketRing
  let events: EventQueue
  let wakeup = Wakeup()
  private let producer: Mutex<Producer>
  private let writerSleeps = Atomic<Bool>(false)
  private let diskFails = Atomic<Bool>(false)
  private let offered = Atomic<UInt64>(0)
  private let accepted = Atomic<UInt64>(0)
  private let refusedRing = Atomic<UInt64>(0)
  private let refusedDisk = Atomic<UInt64>(0)
  private let replacedStamps = Atomic<UInt64>(0)

  init(clock: any CaptureClock, sessionClock: SessionClock, options: WriterOptions) {
    self.clock = clock
    self.sessionClock = sessionClock
    ring = PacketRing(capacity: options.ringBytes)
    events = EventQueue(limit: options.eventBytes)
    producer = Mutex(Producer(stamps: StampMapper(clock: sessionClock)))
  }

  /// Takes a datagram; false when it was dropped, which is counted.
  func append(
    _ bytes: Span<UInt8>, connection: UInt32, kernelTime: Int64?, isOutbound: Bool
  ) -> Bool {
    let isAccepted = producer.withLock { producer in
      offered.add(1, ordering: .relaxed)
      let time = producer.stamps.time(stamp: kernelTime, reading: clock.read())
      replacedStamps.store(producer.stamps.replaced, ordering: .relaxed)
      let fits =
        bytes.count <= SegmentFormat.maximumPayload
        && connection <= SegmentFormat.maximumConnection
      // A wall clock before 1970 has no pcapng time.
      let packet = RingPacket(
        time: max(0, time), connection: connection, isOutbound: isOutbound)
      if fits, !producer.isClosed, ring.append(packet, bytes) {
        accepted.add(1, ordering: .relaxed)
        return true
      }
      if producer.isClosed || diskFails.load(ordering: .relaxed) {
        refusedDisk.add(1, ordering: .relaxed)
      } else {
        refusedRing.add(1, ordering: .relaxed)
      }
      return false
    }
    wakeWriter()
    return isAccepted
  }

  /// Queues an event or a connection; false when the queue is full, which is counted.
  @discardableResult
  func append(_ item: QueuedItem) -> Bool {
    defer { wakeWriter() }
    return events.append(item) { ring.head }
  }

  /// Session time now, nanoseconds.
  var now: Int64 { max(0, sessionClock.time(atBoottime: clock.read().boottime)) }

  /// Takes nothing more; what comes is counted as dropped.
  func close() {
    producer.withLock { $0.isClosed = true }
    events.close()
  }

  /// What is dropped from now on is the disk's fault, or no longer.
  func setDiskFails(_ fails: Bool) {
    diskFails.store(fails, ordering: .relaxed)
  }

  var counts: (offered: UInt64, accepted: UInt64, ring: UInt64, disk: UInt64, stamps: UInt64) {
    (
      offered.load(ordering: .relaxed), accepted.load(ordering: .relaxed),
      refusedRing.load(ordering: .relaxed), refusedDisk.load(ordering: .relaxed),
      replacedStamps.load(ordering: .relaxed)
    )
  }

  /// Counts datagrams that were accepted and then given up.
  func countGivenUp(_ packets: UInt64) {
    refusedDisk.add(packets, ordering: .relaxed)
    accepted.subtract(packets, ordering: .relaxed)
  }

  // MARK: Sleeping

  /// Announces that the writer thread is about to sleep; false when there is work already.
  ///
  /// Announcing and then looking, against publishing and then asking, needs one order that all
  /// threads agree on: hence sequential consistency here, in `wakeWriter` and in the ring's head.
  func prepareToSleep() -> Bool {
    writerSleeps.store(true, ordering: .sequentiallyConsistent)
    if ring.head != ring.tail || !events.isEmpty {
      writerSleeps.store(false, ordering: .sequentiallyConsistent)
      return false
    }
    return true
  }

  func endSleep() {
    writerSleeps.store(false, ordering: .sequentiallyConsistent)
  }

  private func wakeWriter() {
    guard writerSleeps.load(ordering: .sequentiallyConsistent),
      writerSleeps.exchange(false, ordering: .sequentiallyConsistent)
    else { return }
    wakeup.signal()
  }
}
