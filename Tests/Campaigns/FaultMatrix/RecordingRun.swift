import CaptureSynthesis
import DiscordSimulator
import Recorder
import Threads

/// One recording that goes through all trials.
struct RecordingRun: Sendable {
  /// When a trial was, nanoseconds since 1970.
  struct Stretch: Sendable {
    let trial: Trial
    /// From the fault on.
    let start: Int64
    /// The fault is over.
    let faultEnd: Int64
    /// Everything is well again; nil: it was not when the trial's patience ended.
    let wellAgain: Int64?
    /// The next trial.
    var end: Int64
  }

  let number: Int
  let seed: UInt64
  let trials: [Trial]
  let clips: [VoiceClip]

  /// A connection has to hold for so long that a next loss is not the same trouble to the recorder.
  private static let rest = 6.0

  /// Records, and judges what came of it.
  func run() async throws -> RecordingVerdict {
    try await Booth.use(seed: seed, clips: clips) { try await run(in: $0) }
  }

  private func run(in booth: Booth) async throws -> RecordingVerdict {
    var random = SplitMix64(seed: seed)
    let stalls = StallWatch()
    let watching = Task { await stalls.run() }
    defer { watching.cancel() }
    let recording = try await booth.start()
    booth.talk(from: Int(random.next() % 8))
    guard await isWell(booth, recording, within: .seconds(20)) != nil else {
      throw CampaignError("recording \(number) did not begin to hear anybody")
    }
    try await Task.sleep(for: .seconds(2))
    var stretches: [Stretch] = []
    var waiting = trials.shuffled(using: &random)
    var last: [Trial.Kind: Int64] = [:]
    while !waiting.isEmpty {
      let now = RealTime.now
      let next = waiting.firstIndex { trial in
        last[trial.kind].map { now - $0 > trial.kind.distance * 1_000_000_000 } ?? true
      }
      guard let next else {
        try await Task.sleep(for: .milliseconds(500))
        continue
      }
      let trial = waiting.remove(at: next)
      stretches.append(try await perform(trial, booth, recording))
      last[trial.kind] = RealTime.now
      let rest = Self.rest + 1.5 * random.uniform()
      try await Task.sleep(for: .milliseconds(Int64(rest * 1000)))
      stretches[stretches.count - 1].end = RealTime.now
      if recording.status.connection == .ended { break }
    }
    for user in booth.people { booth.simulator.stopSpeaking(user) }
    try await Task.sleep(for: .milliseconds(500))
    let end = await recording.stop()
    let (judged, missed, stall) = (stretches, waiting.map(\.name), stalls.seconds)
    // Rendering takes seconds, in which it would keep other recordings from their turns.
    return try await onThread {
      try RecordingVerdict(
        number: number, seed: seed, booth: booth, end: end, stretches: judged, missed: missed,
        stall: stall)
    }
  }

  private func onThread<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      do {
        _ = try JoinableThread { continuation.resume(with: .init(catching: body)) }
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }

  private func perform(
    _ trial: Trial, _ booth: Booth, _ recording: Recording
  ) async throws -> Stretch {
    let start = RealTime.now
    try await trial.act(booth)
    let faultEnd = RealTime.now
    // What the fault does may come a moment after it.
    try await Task.sleep(for: .milliseconds(300))
    let wellAgain = await isWell(booth, recording, within: trial.patience)
    return Stretch(
      trial: trial, start: start, faultEnd: faultEnd, wellAgain: wellAgain, end: RealTime.now)
  }

  /// When there is a connection, nothing is amiss, and three people are heard.
  private func isWell(
    _ booth: Booth, _ recording: Recording, within patience: Duration
  ) async -> Int64? {
    let deadline = ContinuousClock.now + patience
    while ContinuousClock.now < deadline {
      let status = recording.status
      let talking = status.speakers.count { $0.isSpeaking }
      if status.connection == .connected, status.alerts.isEmpty, talking >= 3,
        booth.isGatewayConnected
      {
        return RealTime.now
      }
      if status.connection == .ended { return nil }
      do { try await Task.sleep(for: .milliseconds(50)) } catch { return nil }
    }
    return nil
  }
}

/// The campaign itself cannot go on.
struct CampaignError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
