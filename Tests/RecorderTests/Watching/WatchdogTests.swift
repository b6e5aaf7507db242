import TestSupport
import Testing

@testable import Recorder

/// A watchdog with what it is told, on a clock of the test.
private struct Kennel {
  static let second: Int64 = 1_000_000_000
  var watchdog = Watchdog()
  var sample = WatchdogSample(now: 1000 * second)
  /// What was raised, cleared and done, with the second it happened in.
  var log: [String] = []
  private var start: Int64 = 1000 * second

  init() {
    sample.connection = 0
    sample.freeBytes = 1 << 40
    sample.freeSpaceFloor = 64 << 20
    sample.received = 1
  }

  /// Lets `seconds` pass in steps of half a second; `each` changes the sample before each.
  mutating func run(
    _ seconds: Int, _ each: (inout WatchdogSample, inout Watchdog) -> Void = { _, _ in }
  ) {
    for _ in 0..<(seconds * 2) {
      sample.now += Self.second / 2
      each(&sample, &watchdog)
      for action in watchdog.observe(sample) { note(action) }
    }
  }

  mutating func note(_ action: WatchdogAction) {
    let at = (sample.now - start) / Self.second
    switch action {
    case .raise(let alert): log.append("\(at) raise \(alert.cause.rawValue)")
    case .clear(let alert): log.append("\(at) clear \(alert.cause.rawValue)")
    case .recoverDAVE: log.append("\(at) recover")
    case .reconnect(let why): log.append("\(at) reconnect \(why)")
    }
  }

  mutating func speak(_ user: UInt64, opens: Bool, packets: UInt64 = 25) {
    var sender =
      sample.senders.first { $0.user == user }
      ?? WatchdogSample.Sender(user: user, packets: 0, opened: 0, failed: 0)
    Self.speak(&sender, opens: opens, packets: packets)
    sample.senders.removeAll { $0.user == user }
    sample.senders.append(sender)
  }

  static func speak(_ sender: inout WatchdogSample.Sender, opens: Bool, packets: UInt64 = 25) {
    sender.packets += packets
    if opens { sender.opened += 2 } else { sender.failed += 2 }
  }
}

@Suite("Watchdog")
struct WatchdogTests {
  @Test("Nothing is told of a recording that runs well")
  func quiet() {
    var kennel = Kennel()
    kennel.sample.senders = [.init(user: 1, packets: 0, opened: 0, failed: 0)]
    kennel.run(600) { sample, watchdog in
      Kennel.speak(&sample.senders[0], opens: true)
      sample.voice += 25
      sample.received += 26
      sample.bytesWritten += 5000
      watchdog.speaking(1, flags: 1, at: sample.now)
    }
    #expect(kennel.log == [])
  }

  @Test(
    "Speech that does not open: recovery at 3 s, another connection at 8 s, alert at 10 s, once")
  func unreadable() {
    var kennel = Kennel()
    kennel.sample.senders = [.init(user: 1, packets: 0, opened: 0, failed: 0)]
    kennel.run(30) { sample, _ in
      Kennel.speak(&sample.senders[0], opens: false)
      sample.received += 25
    }
    #expect(
      kennel.log == ["3 recover", "8 reconnect unreadable", "11 raise unreadable"]
        || kennel.log == ["3 recover", "8 reconnect unreadable", "10 raise unreadable"])
    kennel.run(5) { sample, _ in
      Kennel.speak(&sample.senders[0], opens: true)
      sample.received += 25
    }
    #expect(kennel.log.count == 4)
    #expect(kennel.log.last?.hasSuffix("clear unreadable") == true)
  }

  @Test("One speaker's broken program cuts nobody else off, and forged packets raise nothing")
  func unreadableOfOne() {
    var kennel = Kennel()
    kennel.sample.senders = [1, 2, 3].map { .init(user: $0, packets: 0, opened: 0, failed: 0) }
    kennel.run(60) { sample, _ in
      Kennel.speak(&sample.senders[0], opens: false)
      Kennel.speak(&sample.senders[1], opens: true)
      // The third speaks, and somebody forges packets of theirs.
      Kennel.speak(&sample.senders[2], opens: true)
      Kennel.speak(&sample.senders[2], opens: false)
      sample.received += 100
    }
    #expect(!kennel.log.contains { $0.contains("reconnect") })
    #expect(kennel.log.filter { $0.contains("raise") }.count == 1)
    // Within the cool-down of 31 s it is not asked for again.
    #expect(kennel.log.filter { $0.contains("recover") }.count == 2)
  }

  @Test("Speech by the gateway and nothing comes: another connection at 8 s, alert at 10 s")
  func silent() {
    var kennel = Kennel()
    kennel.run(5) { sample, _ in sample.voice += 25 }
    kennel.watchdog.speaking(7, flags: 1, at: kennel.sample.now)
    kennel.run(30)
    #expect(kennel.log == ["13 reconnect silent", "15 raise silent"])
    // Another connection alone is no all-clear; packets are.
    kennel.sample.connection = nil
    kennel.run(2)
    kennel.sample.connection = 1
    kennel.run(20)
    #expect(kennel.log.count == 2)
    kennel.run(3) { sample, _ in
      sample.voice += 25
      sample.received += 25
    }
    #expect(kennel.log.count == 3)
    #expect(kennel.log.last?.hasSuffix("clear silent") == true)
  }

  @Test("Who stops to speak, leaves, or only registers an SSRC raises nothing")
  func silentFalseAlarms() {
    var kennel = Kennel()
    kennel.watchdog.speaking(1, flags: 0, at: kennel.sample.now)
    kennel.run(20)
    kennel.watchdog.speaking(1, flags: 1, at: kennel.sample.now)
    kennel.run(4)
    kennel.watchdog.speaking(1, flags: 0, at: kennel.sample.now)
    kennel.run(20)
    kennel.watchdog.speaking(2, flags: 1, at: kennel.sample.now)
    kennel.run(4)
    kennel.watchdog.left(2)
    kennel.run(20)
    #expect(kennel.log == [])
  }

  @Test("A path that answers no keepalive any more is found while nobody speaks")
  func deadPath() {
    var kennel = Kennel()
    kennel.run(20) { sample, _ in
      sample.echoes += 1
      sample.received += 1
    }
    kennel.run(40)
    #expect(kennel.log.contains { $0.hasSuffix("reconnect silent") })
    #expect(kennel.log.filter { $0.hasSuffix("raise silent") }.count == 1)
  }

  @Test("A way that dies while people talk is told within 10 s, once, whatever is found out first")
  func deadPathInSpeech() {
    for seconds in [3, 8, 30] {
      var kennel = Kennel()
      kennel.run(20) { sample, _ in
        sample.echoes += 1
        sample.voice += 25
        sample.received += 25
      }
      // The voice gateway's loss is found out by then.
      kennel.run(seconds)
      kennel.sample.connection = nil
      kennel.run(12 - min(seconds, 12))
      let raised = kennel.log.filter { $0.contains("raise") }
      #expect(raised.count == 1, "\(kennel.log) after \(seconds) s")
      #expect(raised.first.map { Int($0.prefix { $0 != " " }) ?? 0 } == 30, "\(kennel.log)")
      kennel.sample.connection = 0
      kennel.run(10) { sample, _ in
        sample.echoes += 1
        sample.voice += 25
        sample.received += 25
      }
      #expect(kennel.log.filter { $0.contains("raise") }.count == 1)
      #expect(kennel.log.filter { $0.contains("clear") }.count == 1, "\(kennel.log)")
    }
  }

  @Test("A gap is told after 10 s, with one all-clear; a short one is not")
  func gap() {
    var kennel = Kennel()
    kennel.run(2)
    kennel.sample.connection = nil
    kennel.sample.gapCause = "network"
    kennel.run(9)
    kennel.sample.connection = 1
    kennel.run(5)
    #expect(kennel.log == [])
    kennel.sample.connection = nil
    kennel.run(100)
    kennel.sample.connection = 2
    kennel.run(5)
    #expect(
      kennel.log.map { $0.split(separator: " ").dropFirst().joined(separator: " ") } == [
        "raise gap", "clear gap",
      ])
  }

  @Test("In a quiet channel a gap counts from its beginning: echoes come every 5 s only")
  func gapInQuietChannel() {
    var kennel = Kennel()
    for _ in 0..<4 {
      kennel.sample.echoes += 1
      kennel.sample.received += 1
      kennel.run(5)
    }
    // The loss is found out just before the next echo.
    kennel.sample.connection = nil
    kennel.run(9)
    kennel.sample.connection = 1
    kennel.run(5) { sample, _ in sample.received += 1 }
    #expect(kennel.log == [])
  }

  @Test("A new connection that dies after one echo: the gap counts from what came last")
  func gapAfterOneEcho() {
    for isSpeech in [true, false] {
      var kennel = Kennel()
      kennel.sample.connection = nil
      kennel.run(1)
      kennel.sample.connection = 1
      kennel.sample.echoes = 1
      kennel.sample.received += 1
      kennel.run(4) { sample, _ in
        guard isSpeech else { return }
        sample.voice += 25
        sample.received += 25
      }
      // Speech breaks off at 5 s; without any, nothing came since 1 s. Either way it is told 10 s
      // later, though the loss is found out last.
      kennel.run(isSpeech ? 4 : 3)
      kennel.sample.connection = nil
      kennel.run(20)
      #expect(kennel.log == [isSpeech ? "15 raise gap" : "11 raise gap"], "\(kennel.log)")
    }
  }

  @Test("Deafened, moved to AFK, keys not stored: told at once")
  func atOnce() {
    for (cause, change) in [
      ("deafened", { $0.isDeafened = $1 }), ("afk", { $0.isAFK = $1 }),
      ("key_log", { $0.keyLogError = $1 ? "slow" : nil }),
    ] as [(String, (inout WatchdogSample, Bool) -> Void)] {
      var kennel = Kennel()
      kennel.run(3)
      change(&kennel.sample, true)
      for action in kennel.watchdog.observe(kennel.sample) { kennel.note(action) }
      #expect(kennel.log == ["3 raise \(cause)"])
      kennel.run(60)
      change(&kennel.sample, false)
      kennel.run(1)
      #expect(kennel.log == ["3 raise \(cause)", "63 clear \(cause)"])
    }
  }

  @Test("A deafened recorder that hears nobody has one alert, not two")
  func deafenedInSpeech() {
    var kennel = Kennel()
    kennel.run(3)
    kennel.watchdog.speaking(7, flags: 1, at: kennel.sample.now)
    kennel.sample.isDeafened = true
    // Answers to keepalives go on.
    kennel.run(30) { sample, _ in
      sample.received += 1
      sample.echoes += 1
    }
    #expect(kennel.log == ["3 raise deafened"])
  }

  @Test("Drops are told at once, and the all-clear comes half a minute after the last")
  func drops() {
    var kennel = Kennel()
    kennel.run(3)
    kennel.run(10) { sample, _ in sample.dropped += 3 }
    kennel.run(60)
    #expect(kennel.log.count == 2)
    #expect(kennel.log.first == "3 raise drops")
    #expect(kennel.log.last == "43 clear drops")
  }

  @Test("The disk runs short by its rate, not by its size alone")
  func diskSpace() {
    var kennel = Kennel()
    kennel.sample.freeBytes = 1 << 30
    // 2 MB a second fill a gigabyte within 10 minutes.
    kennel.run(120) { sample, _ in sample.bytesWritten += 1_000_000 }
    #expect(kennel.log.filter { $0.contains("raise disk_space") }.count == 1)
    kennel.sample.freeBytes = 1 << 40
    kennel.run(20)
    #expect(kennel.log.last?.contains("clear disk_space") == true)
  }

  @Test(
    "A write that hangs is told after 5 s, a sync after 10 s, with an all-clear; shorter ones are not",
    arguments: [5, 10], [true, false])
  func hangingDisk(limit: Int, lasts: Bool) {
    var kennel = Kennel()
    kennel.run(3)
    let since = kennel.sample.now
    if limit == 5 { kennel.sample.writingSince = since } else { kennel.sample.syncingSince = since }
    kennel.run(lasts ? 60 : limit - 1)
    // Each call of a slow disk is another one.
    kennel.run(60) { sample, _ in
      sample.writingSince = sample.now - Kennel.second
      sample.syncingSince = sample.now - 3 * Kennel.second
    }
    #expect(
      kennel.log == (lasts ? ["\(3 + limit) raise disk_error", "68 clear disk_error"] : []),
      "\(kennel.log)")
  }

  @Test("Whatever happens, each cause is raised and cleared in turns", arguments: 0..<20)
  func turns(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    var kennel = Kennel()
    kennel.sample.senders = [1, 2].map { .init(user: $0, packets: 0, opened: 0, failed: 0) }
    for _ in 0..<200 {
      let seconds = Int.random(in: 1...30, using: &random)
      let opens = Bool.random(using: &random)
      let comes = Bool.random(using: &random)
      let drops: UInt64 = Int.random(in: 0..<10, using: &random) == 0 ? 1 : 0
      if Bool.random(using: &random) {
        kennel.sample.connection = Bool.random(using: &random) ? 3 : nil
      }
      kennel.sample.isDeafened = Int.random(in: 0..<8, using: &random) == 0
      kennel.sample.freeBytes = Int.random(in: 0..<8, using: &random) == 0 ? 65 << 20 : 1 << 40
      kennel.run(seconds) { sample, watchdog in
        if comes {
          Kennel.speak(&sample.senders[0], opens: opens)
          sample.voice += 25
          sample.received += 25
        } else {
          watchdog.speaking(1, flags: 1, at: sample.now)
        }
        sample.dropped += drops
      }
    }
    var raised: Set<Substring> = []
    for line in kennel.log {
      let words = line.split(separator: " ")
      if words[1] == "raise" { #expect(raised.insert(words[2]).inserted, "\(line)") }
      if words[1] == "clear" { #expect(raised.remove(words[2]) != nil, "\(line)") }
    }
    #expect(kennel.log.contains { $0.contains("raise") })
  }
}
