internal import Testing

@testable import CaptureLog

private let second = ManualClock.second
private let millisecond = ManualClock.millisecond

@Suite struct SessionClockTests {
  let clock = ManualClock()

  private func mapper() -> StampMapper {
    StampMapper(clock: SessionClock(starting: clock.read(), bootID: clock.bootID))
  }

  /// True time, as the session clock should have it.
  private var truth: Int64 {
    ManualClock.start + clock.read().boottime - 100 * second
  }

  @Test func sessionTimeIsTheWallClockAtTheStart() {
    let session = SessionClock(starting: clock.read(), bootID: "b")
    #expect(session.time(atBoottime: clock.read().boottime) == ManualClock.start)
  }

  @Test func aStampGivesTheArrivalNotTheReading() {
    var mapper = mapper()
    let arrival = truth
    let stamp = clock.read().realtime
    clock.advance(7 * millisecond)
    #expect(mapper.time(stamp: stamp, reading: clock.read()) == arrival)
    #expect(mapper.replaced == 0)
  }

  @Test func withoutAStampItIsTheReadTime() {
    var mapper = mapper()
    clock.advance(second)
    #expect(mapper.time(stamp: nil, reading: clock.read()) == truth)
    #expect(mapper.replaced == 0)
  }

  @Test(
    "a stamp out of range is replaced by the read time and counted",
    arguments: [-1, -5 * second, 2 * second + 1, Int64.max, Int64.min])
  func outOfRange(age: Int64) {
    var mapper = mapper()
    let stamp = clock.read().realtime.subtractingReportingOverflow(age).partialValue
    #expect(mapper.time(stamp: stamp, reading: clock.read()) == truth)
    #expect(mapper.replaced == 1)
  }

  @Test(
    "a step of the wall clock moves no packet",
    arguments: [50, -50, 2000, -2000, 90, 3_600_000, -3_600_000])
  func step(milliseconds: Int64) {
    var mapper = mapper()
    // A packet is read in peace, then one lies in the socket when the clock steps, then others
    // come after it.
    clock.advance(20 * millisecond)
    #expect(mapper.time(stamp: clock.read().realtime, reading: clock.read()) == truth)
    clock.advance(20 * millisecond)
    let before = (stamp: clock.read().realtime, arrival: truth)
    clock.advance(2 * millisecond)
    clock.step(milliseconds * millisecond)
    clock.advance(millisecond)
    let after = (stamp: clock.read().realtime, arrival: truth)
    clock.advance(millisecond)
    #expect(mapper.time(stamp: before.stamp, reading: clock.read()) == before.arrival)
    #expect(mapper.time(stamp: after.stamp, reading: clock.read()) == after.arrival)
    for _ in 0..<200 {
      clock.advance(20 * millisecond)
      let (stamp, arrival) = (clock.read().realtime, truth)
      clock.advance(millisecond / 2)
      #expect(mapper.time(stamp: stamp, reading: clock.read()) == arrival)
    }
    #expect(mapper.replaced == 0)
  }

  @Test("packets read late after a step, when the other clock's age would be smaller")
  func lateAfterStep() {
    var mapper = mapper()
    _ = mapper.time(stamp: nil, reading: clock.read())
    clock.advance(millisecond)
    clock.step(50 * millisecond)
    _ = mapper.time(stamp: nil, reading: clock.read())
    clock.advance(500 * millisecond)
    let (stamp, arrival) = (clock.read().realtime, truth)
    clock.advance(70 * millisecond)
    #expect(mapper.time(stamp: stamp, reading: clock.read()) == arrival)
  }

  @Test(
    "a slew of 500 ppm, either way, is no step and shifts packets by nanoseconds only",
    arguments: [500, -500])
  func slew(ppm: Int64) {
    var mapper = mapper()
    var worst: Int64 = 0
    for round in 0..<3600 {
      // Now and then a pause, in which the clocks drift apart by more than the least step.
      clock.advance(round % 100 == 0 ? 20 * second : second, ppm: ppm)
      let (stamp, arrival) = (clock.read().realtime, truth)
      clock.advance(4 * millisecond, ppm: ppm)
      worst = max(worst, abs(mapper.time(stamp: stamp, reading: clock.read()) - arrival))
    }
    #expect(worst <= 2000)
    #expect(mapper.replaced == 0)
  }

  @Test func aRestartOnTheSameBootGoesOnWithTheSameClock() {
    let session = SessionClock(starting: clock.read(), bootID: clock.bootID)
    clock.advance(3600 * second)
    clock.step(-30 * second)
    let resumed = SessionClock.resuming(
      known: [session], lastTime: truth, reading: clock.read(), bootID: clock.bootID)
    #expect(resumed == session)
    #expect(!resumed.isBridged)
  }

  @Test func afterARebootTheWallClockBridges() {
    let session = SessionClock(starting: clock.read(), bootID: clock.bootID)
    let reboot = ManualClock(
      bootID: "boot-b", boottime: 5 * second, realtime: ManualClock.start + 600 * second)
    let resumed = SessionClock.resuming(
      known: [session], lastTime: ManualClock.start + 300 * second, reading: reboot.read(),
      bootID: reboot.bootID)
    #expect(resumed.isBridged)
    #expect(resumed.bootID == "boot-b")
    #expect(resumed.time(atBoottime: 5 * second) == ManualClock.start + 600 * second)
  }

  @Test func afterARebootWithALostWallClockTimeDoesNotRunBackwards() {
    let session = SessionClock(starting: clock.read(), bootID: clock.bootID)
    let reboot = ManualClock(bootID: "boot-b", boottime: 5 * second, realtime: 0)
    let last = ManualClock.start + 300 * second
    let resumed = SessionClock.resuming(
      known: [session], lastTime: last, reading: reboot.read(), bootID: reboot.bootID)
    #expect(resumed.time(atBoottime: 5 * second) == last)
  }

  @Test func theSystemClocksRunAndAgree() {
    let system = SystemCaptureClock()
    let (first, second) = (system.read(), system.read())
    #expect(second.boottime >= first.boottime)
    #expect(first.realtime > 1_700_000_000_000_000_000)
    #expect(system.bootID.count == 36)
  }
}

@Suite struct ClockWatchTests {
  let clock = ManualClock()

  @Test func anEventIsDueEveryTenSecondsAndAfterAStep() throws {
    var watch = ClockWatch(clock: SessionClock(starting: clock.read(), bootID: clock.bootID))
    #expect(watch.isDue(clock.read()))
    _ = watch.event(clock.read())
    #expect(!watch.isDue(clock.read()))
    clock.advance(9_999_000_000)
    #expect(!watch.isDue(clock.read()))
    clock.advance(millisecond)
    #expect(watch.isDue(clock.read()))
    _ = watch.event(clock.read())
    clock.step(50 * millisecond)
    #expect(!watch.isDue(clock.read()), "100 ms are let pass")
    clock.step(51 * millisecond)
    #expect(watch.isDue(clock.read()))
    _ = watch.event(clock.read())
    clock.step(-2 * second)
    #expect(watch.isDue(clock.read()))
  }

  @Test("the session clock can be had back from the event, to the nanosecond")
  func eventGivesTheClock() throws {
    let odd = ManualClock(boottime: 123_456_789, realtime: 1_795_510_800_987_654_321)
    let session = SessionClock(bootID: "b", origin: odd.read().offset, isBridged: true)
    odd.advance(12_345)
    var watch = ClockWatch(clock: session)
    let event = watch.event(odd.read())
    let payload = try #require(event.payload(ClockEvent.self))
    let stored = event.time / 1000 * 1000
    #expect(stored - payload.boottimeNanoseconds == session.origin)
    #expect(payload.bridged)
    #expect(abs(payload.boottimeNanoseconds - odd.read().boottime) < 1000)
  }
}
