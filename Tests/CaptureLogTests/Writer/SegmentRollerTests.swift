internal import Testing

@testable import CaptureLog

private let second = ManualClock.second

@Suite struct SegmentRollerTests {
  var roller = SegmentRoller(
    options: WriterOptions(
      segmentBytes: 1000, segmentAge: 600 * second, freeSpaceFloor: 50),
    firstSegment: 0)
  let full = CaptureError(.noSpace, "full")
  let broken = CaptureError(.io, "broken")

  @Test mutating func rotatesBySize() {
    #expect(roller.next(now: 0) == .open(0))
    roller.opened(0, now: 0)
    roller.wrote(bytes: 999)
    #expect(roller.next(now: 1) == .write)
    roller.wrote(bytes: 1)
    #expect(roller.next(now: 1) == .end(reason: "rotation", isSound: true))
    roller.ended(now: 1)
    #expect(roller.next(now: 1) == .open(1))
  }

  @Test mutating func rotatesByAgeAndOnRequest() {
    roller.opened(0, now: 0)
    #expect(roller.next(now: 600 * second - 1) == .write)
    #expect(roller.next(now: 600 * second) == .end(reason: "rotation", isSound: true))
    roller.ended(now: 0)
    roller.opened(1, now: 600 * second)
    roller.requestRotation()
    #expect(roller.next(now: 600 * second) == .end(reason: "rotation", isSound: true))
    roller.ended(now: 0)
    roller.opened(2, now: 600 * second)
    #expect(roller.next(now: 600 * second) == .write, "one request, one rotation")
  }

  @Test mutating func aTornSegmentIsFollowedByAnotherAtOnceThenWithBackoff() {
    roller.opened(0, now: 0)
    roller.writeFailed(full, now: 10)
    #expect(roller.currentError == full)
    #expect(roller.next(now: 10) == .open(1))
    var now: Int64 = 10
    for delay in [1, 2, 4, 8, 16, 30, 30] {
      roller.openFailed(full, usesNumber: false, now: now)
      #expect(roller.next(now: now) == .wait(until: now + Int64(delay) * second))
      now += Int64(delay) * second
      #expect(roller.next(now: now) == .open(1))
    }
    roller.opened(1, now: now)
    #expect(roller.currentError == full, "it is over when a sync has succeeded")
    roller.synced(segment: 1)
    #expect(roller.currentError == nil)
    #expect(roller.lastError == full)
    roller.writeFailed(full, now: now)
    #expect(roller.next(now: now) == .open(2), "the count began anew")
  }

  @Test mutating func aNumberThatIsTakenIsPassedOver() {
    roller.openFailed(CaptureError(.exists, "there"), usesNumber: true, now: 0)
    #expect(roller.next(now: 0) == .open(1))
  }

  @Test mutating func aFailedSyncEndsTheSegmentUnsoundly() {
    roller.opened(0, now: 0)
    roller.syncFailed(segment: 0, broken)
    #expect(roller.next(now: 1) == .end(reason: "sync_error", isSound: false))
    roller.ended(now: 1)
    #expect(roller.next(now: 1) == .open(1))
    roller.opened(1, now: 1)
    #expect(roller.next(now: 1) == .write)
    #expect(roller.currentError == broken)
  }

  @Test mutating func aFailedSyncOfAnEarlierSegmentIsOnlyAnError() {
    roller.opened(0, now: 0)
    roller.requestRotation()
    roller.ended(now: 0)
    roller.opened(1, now: 0)
    roller.syncFailed(segment: 0, broken)
    #expect(roller.next(now: 1) == .write)
    #expect(roller.currentError == broken)
  }

  @Test mutating func stopsAtTheFloorForGood() {
    roller.opened(0, now: 0)
    roller.foundFree(bytes: 50)
    #expect(roller.next(now: 0) == .write)
    roller.foundFree(bytes: 49)
    #expect(roller.next(now: 0) == .end(reason: "disk_full", isSound: true))
    roller.ended(now: 0)
    #expect(roller.next(now: 0) == .stopped)
    #expect(roller.currentError?.code == .noSpace)
    roller.foundFree(bytes: 1000)
    #expect(roller.next(now: 100 * second) == .stopped)
  }

  @Test mutating func stopsAtTheFloorAfterATornSegmentToo() {
    roller.opened(0, now: 0)
    roller.writeFailed(full, now: 0)
    roller.foundFree(bytes: 0)
    #expect(roller.next(now: 0) == .stopped)
    #expect(roller.currentError?.code == .noSpace)
  }

  @Test mutating func finishesOnceAndKeepsTheFirstReason() {
    roller.opened(0, now: 0)
    roller.requestFinish(reason: "kicked")
    roller.requestFinish(reason: "finished")
    #expect(roller.next(now: 0) == .end(reason: "kicked", isSound: true))
    roller.ended(now: 0)
    #expect(roller.next(now: 0) == .stopped)
    #expect(roller.currentError == nil)
  }

  @Test mutating func finishingDuringBackoffTriesTwiceAndStops() {
    roller.opened(0, now: 0)
    roller.writeFailed(full, now: 0)
    roller.openFailed(full, usesNumber: false, now: 0)
    #expect(roller.next(now: 0) == .wait(until: second))
    roller.requestFinish(reason: "finished")
    #expect(roller.next(now: 0) == .open(1))
    roller.openFailed(full, usesNumber: false, now: 0)
    #expect(roller.next(now: 0) == .open(1))
    roller.openFailed(full, usesNumber: false, now: 0)
    #expect(roller.next(now: 0) == .stopped)
    #expect(roller.currentError == full)
  }
}
