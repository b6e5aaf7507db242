internal import Testing

@testable import CaptureLog

private let second = ManualClock.second

/// The writer's rounds, one by one, without faults.
@Suite struct SegmentWriterTests {
  @Test func packetsAndEventsAreReadBackInOrder() throws {
    let bench = try WriterBench()
    for number in 0..<500 as Range<UInt32> {
      #expect(bench.offer(number, size: Int(number)))
      bench.clock.advance(20_000_000)
      if number % 7 == 0 {
        bench.note(SpeakingEvent(connection: 0, user: "\(number)", ssrc: number, speaking: 1))
      }
      if number % 50 == 0 { bench.engine.pump() }
    }
    #expect(bench.finish() == nil)
    let content = try bench.content()
    #expect(content.isComplete)
    #expect(content.damages.isEmpty)
    #expect(content.datagrams == Array(0..<500))
    #expect(content.numbersIncrease)
    #expect(content.payloads(SpeakingEvent.self).count == 72)
    #expect(content.ends == ["finished"])
    for (packet, number) in zip(content.packets, Int64(0)...) {
      #expect(packet.time == ManualClock.start + number * 20_000_000)
      #expect(packet.payloadLength == max(4, Int(number)))
    }
    let status = bench.engine.status
    #expect(status.packetsStored == 500)
    #expect(status.packetsQueued == 0 && status.queueBytes == 0)
    #expect(status.isStopped)
    #expect(bench.files.open == 0)
  }

  @Test("the reason to finish is only a word: nothing that was taken is lost by it")
  func finishedForARotation() throws {
    let bench = try WriterBench()
    for number in 0..<50 as Range<UInt32> { #expect(bench.offer(number)) }
    #expect(bench.finish(reason: "rotation") == nil)
    let content = try bench.content()
    #expect(content.datagrams == Array(0..<50))
    #expect(content.ends == ["rotation"])
    #expect(bench.engine.status.droppedDisk == 0)
  }

  @Test("an event stands behind the packets that came before it, and before those after")
  func eventsKeepTheirPlace() throws {
    let bench = try WriterBench()
    for number in 0..<40 as Range<UInt32> {
      bench.offer(number)
      bench.note(SpeakingEvent(connection: 0, user: "u", ssrc: number, speaking: 1))
    }
    #expect(bench.finish() == nil)
    var reader = try CaptureReader(opening: bench.folder)
    var order: [UInt32] = []
    var packets: UInt32 = 0
    while let record = try reader.next() {
      switch record {
      case .packet: packets += 1
      case .event(let event):
        if let speaking = event.payload(SpeakingEvent.self) {
          order.append(speaking.ssrc)
          #expect(packets == speaking.ssrc + 1)
        }
      case .damage(let damage): Issue.record("\(damage)")
      }
    }
    #expect(order == Array(0..<40))
  }

  @Test func rotatesBySizeWithoutLosingAnything() throws {
    let bench = try WriterBench(options: WriterOptions(segmentBytes: 20_000))
    for number in 0..<1000 as Range<UInt32> {
      bench.offer(number)
      if number % 10 == 9 { bench.engine.pump() }
      if number % 100 == 99 { _ = bench.engine.syncer.synchronize() }
    }
    #expect(bench.finish() == nil)
    let content = try bench.content()
    #expect(content.datagrams == Array(0..<1000))
    #expect(content.damages.isEmpty)
    #expect(content.numbersIncrease)
    let names = try bench.names()
    #expect(names.count > 8)
    #expect(names.allSatisfy { $0.hasSuffix(".pcapng") })
    #expect(content.ends == Array(repeating: "rotation", count: names.count - 1) + ["finished"])
    #expect(bench.files.open == 0)
  }

  @Test func rotatesByAgeAndOnRequest() throws {
    let bench = try WriterBench()
    bench.offer(0)
    bench.engine.pump()
    bench.clock.advance(600 * second)
    bench.offer(1)
    bench.engine.pump()
    bench.engine.requestRotation()
    bench.engine.pump()
    bench.offer(2)
    #expect(bench.finish() == nil)
    #expect(try bench.names().count == 3)
    let content = try bench.content()
    #expect(content.datagrams == [0, 1, 2])
    #expect(content.ends == ["rotation", "rotation", "finished"])
  }

  @Test func everySegmentDeclaresAllConnections() throws {
    let bench = try WriterBench()
    bench.engine.intake.append(.connection(2, CaptureFixture.ipv6))
    let bytes = WriterBench.datagram(9)
    _ = bench.engine.intake.append(
      bytes.span, connection: 2, kernelTime: nil, isOutbound: true)
    bench.engine.pump()
    bench.engine.requestRotation()
    bench.engine.pump()
    _ = bench.engine.intake.append(
      bytes.span, connection: 4, kernelTime: nil, isOutbound: false)
    #expect(bench.finish() == nil)
    let content = try bench.content()
    #expect(content.damages.isEmpty)
    #expect(content.packets.map(\.connection) == [2, 4], "one that was never added is kept too")
    #expect(content.packets.map(\.isOutbound) == [true, false])
    #expect(content.numbersIncrease)
  }

  @Test func clockEventsComeEveryTenSecondsAndAfterSteps() throws {
    let bench = try WriterBench()
    for round in 0..<61 {
      bench.engine.pump()
      bench.clock.advance(second)
      if round == 33 { bench.clock.step(-2 * second) }
    }
    #expect(bench.finish() == nil)
    let content = try bench.content()
    let clocks = content.payloads(ClockEvent.self)
    #expect(clocks.count == 7)
    #expect(clocks.allSatisfy { $0.bootID == "boot-a" && !$0.bridged })
    // Session times do not step with the wall clock.
    let times = content.events.filter { $0.kind == "clock" }.map { $0.time - ManualClock.start }
    #expect(times.map { $0 / second } == [0, 10, 20, 30, 34, 44, 54])
  }

  @Test func aFullRingDropsCountsAndSaysSo() throws {
    let bench = try WriterBench(options: WriterOptions(ringBytes: 8192))
    bench.engine.pump()
    var taken: [UInt32] = []
    for number in 0..<100 as Range<UInt32> where bench.offer(number) { taken.append(number) }
    #expect(taken.count < 100 && taken.count > 20)
    bench.clock.advance(second)
    bench.engine.pump()
    let second = bench.offer(200)
    #expect(second)
    #expect(bench.finish() == nil)
    let content = try bench.content()
    #expect(content.datagrams == taken + [200])
    #expect(content.drops("ring") == UInt64(100 - taken.count))
    #expect(content.drops("disk") == 0)
    let status = bench.engine.status
    #expect(status.packetsOffered == status.packetsStored + status.droppedRing)
  }

  @Test func stampsOutOfRangeAreCountedInTheCapture() throws {
    let bench = try WriterBench()
    let bytes = WriterBench.datagram(1)
    for age in [3 * second, -1, 0] {
      _ = bench.engine.intake.append(
        bytes.span, connection: 0, kernelTime: bench.clock.read().realtime - age,
        isOutbound: false)
    }
    #expect(bench.finish() == nil)
    let content = try bench.content()
    #expect(content.payloads(StampsEvent.self) == [StampsEvent(replaced: 2)])
    #expect(content.packets.allSatisfy { $0.time == ManualClock.start })
  }

  @Test func aFloodOfEventsIsBoundedAndSaidSo() throws {
    let bench = try WriterBench(options: WriterOptions(eventBytes: 10_000))
    bench.engine.pump()
    for number in 0..<100 as Range<UInt32> {
      bench.note(SpeakingEvent(connection: 0, user: "u", ssrc: number, speaking: 1))
    }
    #expect(bench.finish() == nil)
    let content = try bench.content()
    let stored = UInt64(content.payloads(SpeakingEvent.self).count)
    #expect(stored > 20 && stored < 100)
    #expect(content.payloads(EventDropsEvent.self) == [EventDropsEvent(events: 100 - stored)])
  }

  @Test func anEventTooLargeForABlockIsCounted() throws {
    let bench = try WriterBench()
    let data = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    bench.engine.intake.append(
      .event(CaptureEvent(time: 0, kind: "large", message: "m", data: data)))
    bench.offer(1)
    #expect(bench.finish() == nil)
    let content = try bench.content()
    #expect(content.datagrams == [1])
    #expect(bench.engine.status.eventsDropped == 1)
    #expect(content.payloads(EventDropsEvent.self) == [EventDropsEvent(events: 1)])
  }

  @Test func packetsOfTheLargestSizeAreStoredAndLargerOnesCounted() throws {
    let bench = try WriterBench()
    let largest = bench.offer(1, size: SegmentFormat.maximumPayload)
    let larger = bench.offer(2, size: SegmentFormat.maximumPayload + 1)
    #expect(largest && !larger)
    #expect(bench.finish() == nil)
    #expect(try bench.content().datagrams == [1])
    #expect(bench.engine.status.droppedRing == 1)
  }
}
