import DiscordREST
import Glibc
import Logging
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Recorder

@Suite("Alerts", .timeLimit(.minutes(1)))
struct AlertTests {
  @Test("Targets as the command line writes them")
  func targets() {
    #expect(AlertTarget("channel:123") == .channel(123))
    #expect(AlertTarget("dm:45") == .directMessage(45))
    #expect(
      AlertTarget("https://discord.com/api/webhooks/1/x")
        == .webhook("https://discord.com/api/webhooks/1/x"))
    #expect(AlertTarget("webhook:http://127.0.0.1:8/x") == .webhook("http://127.0.0.1:8/x"))
    #expect(AlertTarget("command:/usr/bin/logger") == .command("/usr/bin/logger"))
    for text in [
      "", "channel:", "channel:general", "dm:x", "http://example.org/", "webhook:ftp://x",
      "webhook:http://127.0.0.1.example.org/", "pager:1", "https://",
    ] {
      #expect(AlertTarget(text) == nil, "\(text)")
    }
  }

  @Test("A target that hangs holds up neither the caller nor the other targets")
  func hanging() async throws {
    let clock = ManualClock()
    let (logger, log) = RecordingLogHandler.makeLogger()
    let told = Mutex<[String]>([])
    let (stream, done) = AsyncStream<Void>.makeStream()
    let dispatcher = AlertDispatcher(
      targets: [.channel(1), .directMessage(2)], capture: "c", clock: clock, logger: logger
    ) { alert, target in
      if target == .channel(1) {
        try await clock.sleep(for: .seconds(10_000))
      }
      told.withLock { $0.append("\(target.kind) \(alert.cause.rawValue)") }
      done.yield()
    }
    dispatcher.send(Alert(.gap, "m", time: 0))
    dispatcher.send(Alert(.drops, "m", time: 0))
    var iterator = stream.makeAsyncIterator()
    _ = await iterator.next()
    _ = await iterator.next()
    #expect(told.withLock { $0 } == ["dm gap", "dm drops"])
    // The hanging one is given up, what waits for it is tried, and the end does not wait behind it.
    dispatcher.send(Alert(.ended, "m", time: 0))
    async let finished: Void = dispatcher.finish(
      atMost: AlertDispatcher.timeout + .seconds(1), clock: clock)
    while told.withLock({ $0.count }) < 3 { await Task.yield() }
    let time = Task {
      while !Task.isCancelled {
        clock.advanceToNextSleeper()
        await Task.yield()
      }
    }
    await finished
    time.cancel()
    #expect(log.contains("took too long"))
    #expect(told.withLock { $0 } == ["dm gap", "dm drops", "dm ended"])
  }

  @Test("A program gets the alert, and not our environment")
  func command() async throws {
    let folder = try TemporaryFolder()
    let out = folder.path.appending("out")
    try folder.write(
      "#!/bin/sh\n{ cat; echo; echo \"$1|$2|$3\"; env; } > \(out)\n", to: "alert.sh",
      permissions: [.ownerReadWriteExecute])
    try await AlertCommand.run(
      folder.path.appending("alert.sh").string, ["raised", "gap", "a \"b\" $HOME"],
      input: [UInt8]("{\"x\":1}".utf8), clock: ContinuousClock())
    let text = try folder.text("out")
    #expect(text.contains("{\"x\":1}"))
    #expect(text.contains("raised|gap|a \"b\" $HOME"))
    #expect(!text.contains("TAPEDECK_"))
  }

  @Test("A program gets the signals as it expects them, whatever we block and ignore")
  func commandSignals() async throws {
    let folder = try TemporaryFolder()
    let out = folder.path.appending("out")
    try folder.write(
      "#!/bin/sh\ngrep -E 'Sig(Blk|Ign)' /proc/self/status > \(out)\n", to: "alert.sh",
      permissions: [.ownerReadWriteExecute])
    signal(SIGPIPE, SIG_IGN)
    try await AlertCommand.run(
      folder.path.appending("alert.sh").string, [], input: [], clock: ContinuousClock())
    let lines = try folder.text("out").split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(lines.map { $0.first } == ["SigBlk:", "SigIgn:"])
    #expect(lines.first?.last == "0000000000000000")
    let ignored = try #require(lines.last?.last.flatMap { UInt64($0, radix: 16) })
    #expect(ignored & (1 << UInt64(SIGPIPE - 1)) == 0)
  }

  @Test("A program that fails, hangs or is not there is told")
  func badCommand() async throws {
    await #expect(throws: RecorderError.self) {
      try await AlertCommand.run("/nonexistent", [], input: [], clock: ContinuousClock())
    }
    let status = await #expect(throws: RecorderError.self) {
      try await AlertCommand.run("false", [], input: [], clock: ContinuousClock())
    }
    #expect(status?.message.contains("status 1") == true)
    let clock = ManualClock()
    let hung = Task {
      try await AlertCommand.run("sleep", ["1000"], input: [], clock: clock)
    }
    for _ in 0..<200 {
      try await clock.waitForSleepers(1)
      clock.advance(by: .milliseconds(50))
    }
    let error = await #expect(throws: RecorderError.self) { try await hung.value }
    #expect(error?.message.contains("killed") == true)
  }
}
