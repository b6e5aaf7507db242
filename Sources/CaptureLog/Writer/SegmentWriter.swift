internal import SystemPackage

/// The writer thread's part: drains the intake into the open segment and carries out what the
/// ``SegmentRoller`` decides.
///
/// One `pump` after the other, by one thread at a time; no thread, no waiting and no clock of its
/// own, so tests drive it call by call.
struct SegmentWriter: ~Copyable {
  enum Progress: Sendable, Equatable {
    /// All that was queued at the beginning is written.
    case drained(wroteAny: Bool)
    /// The disk fails; there is no point in trying before that boot time.
    case waiting(until: Int64)
    /// Nothing more will be stored.
    case stopped
  }

  enum BatchResult {
    /// All that was queued when the batch began.
    case wroteAll
    /// A full batch; there is more.
    case wroteSome
    case empty, failed
  }

  let folder: FilePath
  let session: SessionInfo
  let files: any FileOperations
  let intake: PacketIntake
  let syncer: SegmentSyncer
  var roller: SegmentRoller
  var batch: BlockBatch
  var clockWatch: ClockWatch
  /// The segment that is open.
  var file: OpenFile?
  /// Addresses by connection number, and how many the open segment declares.
  var connections: [DatagramAddresses]
  var declared = 0
  /// Queue entries that were taken; those before `pendingStart` are written.
  var pending: [EventQueue.Entry] = []
  var pendingStart = 0
  /// The running number behind the last block that was written.
  var nextNumber: UInt64
  var status = WriterStatus()
  /// Counters as the last `drops` and `stamps` events had them.
  var reported = DropReport()
  var lastReport = Int64.min

  init(
    folder: FilePath, session: SessionInfo, start: WriterStart, options: WriterOptions,
    files: any FileOperations, intake: PacketIntake, syncer: SegmentSyncer
  ) {
    self.folder = folder
    self.session = session
    self.files = files
    self.intake = intake
    self.syncer = syncer
    roller = SegmentRoller(options: options, firstSegment: start.segment)
    batch = BlockBatch(nextNumber: start.number)
    nextNumber = start.number
    clockWatch = ClockWatch(clock: intake.sessionClock)
    connections = Array(repeating: .unknown, count: Int(start.connections))
    pending.reserveCapacity(64)
  }

  /// Writes what is queued, as far as the disk lets it.
  mutating func pump() -> Progress {
    takeReport()
    defer { syncer.writing(since: nil) }
    var wroteAny = false
    while true {
      let reading = intake.clock.read()
      syncer.writing(since: reading.boottime)
      switch roller.next(now: reading.boottime) {
      case .stopped:
        giveUp()
        return .stopped
      case .wait(let until):
        intake.setDiskFails(true)
        return .waiting(until: until)
      case .open(let segment):
        open(segment, reading)
      case .end(let reason, let isSound):
        end(reason: reason, isSound: isSound, reading)
      case .write:
        if batch.isEmpty { appendOwnEvents(reading) }
        switch writeBatch(reading) {
        case .wroteSome:
          wroteAny = true
        case .wroteAll:
          wroteAll(reading)
          return .drained(wroteAny: true)
        case .empty:
          wroteAll(reading)
          return .drained(wroteAny: wroteAny)
        case .failed: break
        }
      }
    }
  }

  /// Nothing is left of what was taken before `reading`.
  private func wroteAll(_ reading: ClockReading) {
    intake.setDiskFails(false)
    syncer.wroteAll(before: max(0, intake.sessionClock.time(atBoottime: reading.boottime)))
  }

  /// What only the writer knows; the engine adds what the intake counts.
  func currentStatus() -> WriterStatus {
    var status = status
    status.nextNumber = nextNumber
    status.segment = roller.segment
    status.currentError = roller.currentError
    status.lastError = roller.lastError
    return status
  }

  mutating func takeReport() {
    let report = syncer.takeReport()
    for failure in report.failures {
      status.syncErrors += 1
      roller.syncFailed(
        segment: failure.segment,
        CaptureError(failure.error, "cannot sync segment \(failure.segment) of \(folder)"))
    }
    if let segment = report.synced {
      roller.synced(segment: segment)
    }
    if let free = report.freeBytes { roller.foundFree(bytes: free) }
  }

  // MARK: Writing

  /// Writes `batch`; on failure the segment is over, and what was not written stays queued.
  mutating func write(_ reading: ClockReading) -> Bool {
    guard let file else { return false }
    let (written, error) = batch.write(to: file, by: files)
    settle(written)
    guard let error else { return true }
    status.writeErrors += 1
    // Not to be appended to; what it holds is worth one sync.
    let name = "segment \(roller.segment ?? 0) of \(folder)"
    seal(syncs: true, renames: false)
    roller.writeFailed(CaptureError(error, "cannot write \(name)"), now: reading.boottime)
    intake.setDiskFails(true)
    return false
  }

  /// Books the blocks that lie whole within the first `written` bytes of the batch.
  mutating func settle(_ written: Int) {
    var releaseTo: UInt64?
    var queueBytes = 0
    for mark in batch.marks {
      guard mark.end <= written else { break }
      nextNumber = mark.nextNumber
      switch mark.origin {
      case .packet(let position):
        releaseTo = position
        status.packetsStored += 1
      case .queued(let isEvent):
        queueBytes += pending[pendingStart].item.bytes
        pendingStart += 1
        if isEvent { status.eventsStored += 1 }
      case .header: break
      case .interface: declared += 1
      case .own: status.eventsStored += 1
      case .report(let report):
        status.eventsStored += 1
        reported = report
      }
    }
    if let releaseTo { intake.ring.release(to: releaseTo) }
    if queueBytes > 0 { intake.events.release(bytes: queueBytes) }
    if pendingStart == pending.count, pendingStart > 0 {
      pending.removeAll(keepingCapacity: true)
      pendingStart = 0
    }
    status.bytesWritten += UInt64(written)
    roller.wrote(bytes: written)
    syncer.wrote(below: nextNumber)
    batch.reset(nextNumber: nextNumber)
  }

  /// Drops what is queued: nothing will be stored any more.
  private mutating func giveUp() {
    intake.close()
    if file != nil { seal(syncs: true, renames: false) }
    var packets: UInt64 = 0
    let end = intake.ring.head
    var position = intake.ring.tail
    while let next = intake.ring.next(from: position, end: end, { _, _, _ in true }) {
      position = next
      packets += 1
    }
    intake.ring.release(to: position)
    if packets > 0 { intake.countGivenUp(packets) }
    intake.events.take(into: &pending)
    let left = pending[pendingStart...]
    let events = left.count { if case .event = $0.item { true } else { false } }
    intake.events.countDropped(UInt64(events))
    intake.events.release(bytes: left.reduce(0) { $0 + $1.item.bytes })
    pending = []
    pendingStart = 0
    status.isStopped = true
  }
}
