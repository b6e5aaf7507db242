internal import SystemPackage

/// Beginning and ending segments.
extension SegmentWriter {
  mutating func open(_ segment: UInt32, _ reading: ClockReading) {
    let name = folder.appending(SegmentFormat.fileName(segment, isPart: true))
    do throws(Errno) {
      let file = try files.create(name)
      begin(segment, file, reading)
    } catch {
      status.writeErrors += 1
      intake.setDiskFails(true)
      roller.openFailed(
        CaptureError(error, "cannot create \(name)"), usesNumber: error == .fileExists,
        now: reading.boottime)
    }
  }

  /// Writes what every segment begins with: it is readable even when all others are lost.
  private mutating func begin(_ segment: UInt32, _ file: OpenFile, _ reading: ClockReading) {
    batch.reset(nextNumber: nextNumber)
    declared = 0
    var header = SegmentHeader(session: session, segment: segment)
    header.bootID = intake.sessionClock.bootID
    batch.append(
      .header, BlockEncoder.sectionHeader(number: batch.nextNumber, header: header))
    if !connections.isEmpty { _ = declare(through: UInt32(connections.count - 1)) }
    appendEvent(.own, clockWatch.event(reading))
    let (written, error) = batch.write(to: file, by: files)
    guard let error else {
      self.file = file
      roller.opened(segment, now: reading.boottime)
      syncer.opened(file, segment: segment)
      settle(written)
      return
    }
    // There is nothing in it yet: better no file than an empty one at each attempt.
    files.close(file)
    let path = folder.appending(SegmentFormat.fileName(segment, isPart: true))
    let isGone = (try? files.remove(path)) != nil
    if !isGone, let last = batch.marks.last(where: { $0.end <= written }) {
      nextNumber = last.nextNumber
    }
    batch.reset(nextNumber: nextNumber)
    status.writeErrors += 1
    intake.setDiskFails(true)
    roller.openFailed(
      CaptureError(error, "cannot begin segment \(segment) of \(folder)"), usesNumber: !isGone,
      now: reading.boottime)
  }

  mutating func end(reason: String, isSound: Bool, _ reading: ClockReading) {
    if roller.isLast, isSound {
      // Take nothing more, and write what there is.
      intake.close()
      var result = BatchResult.wroteSome
      while result == .wroteSome || result == .wroteAll { result = writeBatch(reading) }
      if result == .failed { return }
    }
    batch.reset(nextNumber: nextNumber)
    appendReports(reading)
    let time = intake.sessionClock.time(atBoottime: reading.boottime)
    appendEvent(.own, CaptureEvent(SegmentEndEvent(reason: reason), time: time))
    guard write(reading) else { return }
    seal(syncs: isSound, renames: isSound)
    roller.ended(now: reading.boottime)
  }

  mutating func seal(syncs: Bool, renames: Bool) {
    guard let file, let segment = roller.segment else { return }
    syncer.seal(.init(file: file, segment: segment, syncs: syncs, renames: renames))
    self.file = nil
  }
}
