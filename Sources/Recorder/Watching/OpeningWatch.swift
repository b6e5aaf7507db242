/// Finds users whose packets come and do not open; pure.
///
/// A success between failures proves the keys right, so forged packets alone raise nothing.
struct OpeningWatch: Sendable {
  /// So many tried packets must fail in a row.
  static let leastFailures: UInt64 = 3
  /// A user of whom nothing came for so long is forgotten, nanoseconds.
  static let forgetAfter: Int64 = 30_000_000_000

  private struct Run: Sendable {
    var packets: UInt64
    var opened: UInt64
    var failed: UInt64
    /// Of the first failure after the last success.
    var failingSince: Int64?
    var failuresBefore: UInt64
    var lastPacket: Int64
    var lastOpened: Int64?
  }

  private var runs: [UInt64: Run] = [:]

  mutating func update(_ senders: [WatchdogSample.Sender], at now: Int64) {
    for sender in senders {
      guard var run = runs[sender.user] else {
        runs[sender.user] = Run(
          packets: sender.packets, opened: sender.opened, failed: sender.failed,
          failingSince: sender.failed > 0 && sender.opened == 0 ? now : nil, failuresBefore: 0,
          lastPacket: now, lastOpened: sender.opened > 0 ? now : nil)
        continue
      }
      if sender.packets < run.packets || sender.opened < run.opened || sender.failed < run.failed {
        // Another connection: its counters begin anew.
        run = Run(
          packets: 0, opened: 0, failed: 0, failingSince: run.failingSince, failuresBefore: 0,
          lastPacket: now, lastOpened: run.lastOpened)
      }
      if sender.packets != run.packets { run.lastPacket = now }
      if sender.opened > run.opened {
        run.failingSince = nil
        run.lastOpened = now
        run.failuresBefore = sender.failed
      } else if sender.failed > run.failed, run.failingSince == nil {
        run.failingSince = now
        run.failuresBefore = run.failed
      }
      run.packets = sender.packets
      run.opened = sender.opened
      run.failed = sender.failed
      runs[sender.user] = run
    }
    let current = Set(senders.map(\.user))
    for (user, run) in runs
    where now &- run.lastPacket > Self.forgetAfter || !current.contains(user) {
      runs[user] = nil
    }
  }

  /// Those whose packets do not open, and since when.
  func failing(at now: Int64) -> [(user: UInt64, since: Int64)] {
    runs.compactMap { user, run in
      guard let since = run.failingSince, run.failed &- run.failuresBefore >= Self.leastFailures
      else { return nil }
      return (user, since)
    }.sorted { $0.0 < $1.0 }
  }

  /// Whether anybody's packets opened within the last `span` nanoseconds.
  func anyOpened(within span: Int64, at now: Int64) -> Bool {
    runs.values.contains { $0.lastOpened.map { now &- $0 <= span } ?? false }
  }
}
