internal import Synchronization
internal import SystemPackage
internal import Threads

/// The writer without its threads: what they share, and the loops they run.
final class WriterEngine: Sendable {
  /// How long datagrams may gather before they are written; with the write itself well below
  /// 20 ms.
  static let batchTime: Int64 = 15_000_000
  static let syncInterval: Int64 = 1_000_000_000

  let intake: PacketIntake
  let syncer: SegmentSyncer
  private struct Requests {
    var rotation = false
    var finishReason: String?
  }

  private let writer: Mutex<SegmentWriter>
  /// Apart from the writer, whose mutex is held while it writes: who asks does not wait.
  private let requests = Mutex(Requests())
  private let published: Mutex<WriterStatus>
  private let isAbandoned = Atomic<Bool>(false)
  private let writerIsDone = Atomic<Bool>(false)

  init(
    folder: FilePath, session: SessionInfo, start: WriterStart, options: WriterOptions,
    clock: any CaptureClock, sessionClock: SessionClock, files: any FileOperations
  ) {
    intake = PacketIntake(clock: clock, sessionClock: sessionClock, options: options)
    syncer = SegmentSyncer(folder: folder, files: files, clock: clock)
    writer = Mutex(
      SegmentWriter(
        folder: folder, session: session, start: start, options: options, files: files,
        intake: intake, syncer: syncer))
    published = Mutex(WriterStatus())
  }

  /// Never waits for the disk: counters of the writer are those of its last round.
  var status: WriterStatus {
    var status = published.withLock { $0 }
    let counts = intake.counts
    status.packetsOffered = counts.offered
    status.packetsQueued = counts.accepted - min(counts.accepted, status.packetsStored)
    status.droppedRing = counts.ring
    status.droppedDisk = counts.disk
    status.stampsReplaced = counts.stamps
    status.eventsDropped = intake.events.dropped
    status.queueBytes = intake.ring.used + intake.events.bytes
    let progress = syncer.progress
    status.syncedNumber = progress.syncedNumber
    status.storedTime = progress.storedTime
    status.writingSince = progress.writingSince
    status.syncingSince = progress.syncingSince
    status.freeBytes = progress.freeBytes
    return status
  }

  /// Writes what is queued, on the calling thread.
  @discardableResult
  func pump() -> SegmentWriter.Progress {
    writer.withLock { writer in
      let asked = requests.withLock { requests in
        defer { requests.rotation = false }
        return requests
      }
      if asked.rotation { writer.roller.requestRotation() }
      if let reason = asked.finishReason { writer.roller.requestFinish(reason: reason) }
      let progress = writer.pump()
      published.withLock { $0 = writer.currentStatus() }
      return progress
    }
  }

  func requestRotation() {
    requests.withLock { $0.rotation = true }
    intake.wakeup.signal()
  }

  func requestFinish(reason: String) {
    requests.withLock { $0.finishReason = reason }
    intake.wakeup.signal()
  }

  /// What is wrong when both threads have ended; nil when all that was taken is on the medium.
  var finalError: CaptureError? {
    writer.withLock { writer in
      writer.takeReport()
      published.withLock { $0 = writer.currentStatus() }
      return writer.roller.currentError
    }
  }

  /// Ends both loops where they are, as a killed process would.
  func abandon() {
    isAbandoned.store(true, ordering: .sequentiallyConsistent)
    intake.close()
    intake.wakeup.signal()
    syncer.wakeup.signal()
  }

  // MARK: Threads

  func runWriter() {
    while !isAbandoned.load(ordering: .sequentiallyConsistent) {
      switch pump() {
      case .stopped:
        writerIsDone.store(true, ordering: .sequentiallyConsistent)
        syncer.wakeup.signal()
        return
      case .drained(wroteAny: true):
        // Gather a batch; nobody need wake us for it.
        intake.wakeup.wait(nanoseconds: Self.batchTime)
      case .drained(wroteAny: false):
        if intake.prepareToSleep() { intake.wakeup.wait(nanoseconds: Self.syncInterval) }
        intake.endSleep()
      case .waiting(let until):
        let left = until &- intake.clock.read().boottime
        intake.wakeup.wait(nanoseconds: min(max(left, Self.batchTime), Self.syncInterval))
      }
    }
  }

  func runSyncer() {
    while !isAbandoned.load(ordering: .sequentiallyConsistent) {
      syncer.wakeup.wait(nanoseconds: Self.syncInterval)
      // Asked before the round: what the writer sealed last is then in it.
      let isLast = writerIsDone.load(ordering: .sequentiallyConsistent)
      if syncer.synchronize() { intake.wakeup.signal() }
      if isLast { return }
    }
  }
}
