internal import Audio

/// Speaks one thing after another into a voice connection, in real time.
actor Speaker {
  private let link: any SpeechLink
  private let clock: any Clock<Duration>
  /// The time since the speaker was made.
  private let now: @Sendable () -> Duration
  /// When the last speech ended, and the timestamp that would have followed.
  private var last: (end: Duration, timestamp: UInt32)?
  private var isSpeaking = false
  private var queue: [CheckedContinuation<Void, Never>] = []

  init(link: any SpeechLink, clock: any Clock<Duration>) {
    self.link = link
    self.clock = clock
    now = Self.time(of: clock)
  }

  /// Speaks until the source ends; waits for what is being spoken. When the task is cancelled it falls
  /// silent as at the end.
  ///
  /// - Returns: Frames that were sent, and those that could not be, as there was no connection.
  func speak(_ source: consuming SpeechSource) async throws -> (sent: Int, unsent: Int) {
    await begin()
    defer { end() }
    return try await run(source)
  }

  private func run(_ source: consuming SpeechSource) async throws -> (sent: Int, unsent: Int) {
    try Task.checkCancellation()
    let start = now()
    var pacer = SpeechPacer(start: start, timestamp: timestamp(at: start))
    var frame = try source.next()
    var (sent, unsent) = (0, 0)
    var failure: (any Error)?
    while true {
      if Task.isCancelled { pacer.stop() }
      switch pacer.next(at: now(), hasFrame: frame != nil) {
      case .speaking(let isOn): await link.setSpeaking(isOn ? 1 : 0)
      case .frame(let timestamp):
        if let frame {
          if link.send(opus: frame, timestamp: timestamp) { sent += 1 } else { unsent += 1 }
        }
        do {
          frame = try source.next()
        } catch {
          failure = error
          frame = nil
        }
      case .silence(let timestamp):
        _ = link.send(opus: Self.silence, timestamp: timestamp)
      case .wait(let time):
        // Woken early by a cancellation, which is seen above; the silence is sent with its waits.
        let left = time - now()
        if Task.isCancelled {
          let clock = clock
          await Task { try? await clock.sleep(for: left) }.value
        } else {
          try? await clock.sleep(for: left)
        }
      case .done:
        last = (now(), pacer.timestamp)
        if let failure { throw failure }
        try Task.checkCancellation()
        return (sent, unsent)
      }
    }
  }

  private static let silence: [UInt8] = [0xF8, 0xFF, 0xFE]

  /// Timestamps go on in pauses, by whole frames, as those of Discord's own clients do.
  private func timestamp(at time: Duration) -> UInt32 {
    guard let last else { return 0 }
    let frames = max(0, Int64((time - last.end) / SpeechPacer.frameDuration))
    return last.timestamp &+ UInt32(truncatingIfNeeded: frames) &* SpeechPacer.frameSamples
  }

  private func begin() async {
    guard isSpeaking else {
      isSpeaking = true
      return
    }
    // Handed on by ``end()``: it stays true.
    await withCheckedContinuation { queue.append($0) }
  }

  private func end() {
    if queue.isEmpty { isSpeaking = false } else { queue.removeFirst().resume() }
  }

  private static func time<C: Clock<Duration>>(of clock: C) -> @Sendable () -> Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
  }
}
