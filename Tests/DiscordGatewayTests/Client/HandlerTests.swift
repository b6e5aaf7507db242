import DiscordGateway
import DiscordREST
import JSONValues
import Logging
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct HandlerTests {
  struct Failure: Error {}

  final class Record: Sendable {
    private let lines = Mutex<[String]>([])
    private let (stream, continuation) = AsyncStream<Void>.makeStream()

    func add(_ line: String) {
      lines.withLock { $0.append(line) }
      continuation.yield()
    }

    var all: [String] { lines.withLock { $0 } }

    func wait(for count: Int) async {
      if all.count >= count { return }
      for await _ in stream where all.count >= count { return }
    }
  }

  @Test func severalPerTypeInOrderAndErrorsTouchNobodyElse() async throws {
    let bench = try ClientBench()
    let record = Record()
    bench.client.on(.messageCreate) { record.add("first \($0.id)") }
    bench.client.on(.messageCreate) { _ in throw Failure() }
    let second = bench.client.on(.messageCreate) { message in
      await Task.yield()
      record.add("second \(message.id)")
    }
    let socket = try await bench.start()
    for sequence in 2...4 { socket.message(sequence) }
    await record.wait(for: 6)
    #expect(record.all == (2...4).flatMap { ["first \($0)", "second \($0)"] })
    second.cancel()
    socket.message(5)
    socket.message(6)
    await record.wait(for: 8)
    #expect(record.all.suffix(2) == ["first 5", "first 6"])
    await bench.client.stop()
    #expect(bench.client.statistics.handlerErrors >= 4)
    #expect(bench.log.contains("A handler failed", atLeast: .error))
  }

  @Test func kindsDoNotWaitForEachOther() async throws {
    let bench = try ClientBench()
    let record = Record()
    let (gate, open) = AsyncStream<Void>.makeStream()
    bench.client.on(.messageCreate) { _ in
      for await _ in gate { break }
      record.add("message")
    }
    bench.client.on(.event("TYPING_START")) { json in
      record.add("typing \(json["user_id"]?.string ?? "")")
      open.yield()
    }
    let socket = try await bench.start()
    socket.message(2)
    socket.event("TYPING_START", 3, ["user_id": "5"])
    await record.wait(for: 2)
    #expect(record.all == ["typing 5", "message"])
    await bench.client.stop()
  }

  @Test func handlersMayComeAndGoAtAnyTimeAndStopFromWithin() async throws {
    let bench = try ClientBench()
    let record = Record()
    let socket = try await bench.start()
    let client = bench.client
    client.on(.messageCreate) { message in
      record.add("early \(message.id)")
      if message.id == 2 {
        client.on(.messageDelete) { deletion in
          record.add("deleted \(deletion.messageIDs)")
          await client.stop()
        }
      }
    }
    socket.message(2)
    await record.wait(for: 1)
    socket.event("MESSAGE_DELETE_BULK", 3, ["ids": ["2", "3"], "channel_id": "7"])
    await socket.waitUntilClosed()
    #expect(record.all == ["early 2", "deleted [2, 3]"])
    #expect(socket.code == 1000)
  }

  @Test func aSlowSubscriberIsToldWhatItMissed() async throws {
    let bench = try ClientBench { $0.eventBufferLimit = 10 }
    let slow = bench.client.events
    let quick = bench.client.events
    let socket = try await bench.start()
    var quickCount = 0
    var iterator = quick.makeAsyncIterator()
    for sequence in 2...101 {
      socket.message(sequence)
      while true {
        guard let event = await iterator.next() else { break }
        if case .messageCreate(let message) = event {
          quickCount += 1
          if message.id == ID(Snowflake(UInt64(sequence))) { break }
        }
      }
    }
    #expect(quickCount == 100)
    await bench.client.stop()
    var seen: [String] = []
    for await event in slow {
      switch event {
      case .messageCreate(let message): seen.append("\(message.id)")
      case .missed(let count): seen.append("missed \(count)")
      default: seen.append("ready")
      }
    }
    #expect(seen == ["ready"] + (2...10).map(String.init) + ["missed 91"])
    #expect(bench.client.statistics.missed == 91)
    #expect(bench.log.contains("Events are dropped", atLeast: .warning))
  }
}
