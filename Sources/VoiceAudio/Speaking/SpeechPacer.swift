/// When to send what of a speech: speaking(1), a frame every 20 ms, five frames of silence,
/// speaking(0). Pure: times are given, nothing waits.
///
/// Frames that are late by up to 200 ms follow at once, which evens out a slow computer. After more
/// than that the time that passed is a pause in the RTP timestamps too, so that listeners keep their
/// little delay.
struct SpeechPacer {
  /// What to do next.
  enum Step: Equatable {
    /// Op 5.
    case speaking(Bool)
    /// Send the source's next frame with this timestamp.
    case frame(timestamp: UInt32)
    /// Send a frame of silence.
    case silence(timestamp: UInt32)
    /// Nothing before this time.
    case wait(until: Duration)
    case done
  }

  private enum Phase: Equatable {
    case begin, frames, silence(left: Int), end, over
  }

  static let frameDuration = Duration.milliseconds(20)
  static let frameSamples: UInt32 = 960
  static let mostLate = Duration.milliseconds(200)
  /// Discord's documentation of voice connections asks for five, against interpolation.
  static let silenceFrames = 5

  private var phase = Phase.begin
  /// When the next frame is to be sent.
  private var due: Duration
  /// Of the next frame.
  private(set) var timestamp: UInt32
  /// How often the source or the computer fell behind.
  private(set) var pauses = 0

  /// - Parameters:
  ///   - start: when the first frame is to be sent.
  ///   - timestamp: of the first frame.
  init(start: Duration, timestamp: UInt32) {
    due = start
    self.timestamp = timestamp
  }

  /// - Parameter hasFrame: whether the source has another frame; asked anew each time.
  mutating func next(at now: Duration, hasFrame: Bool) -> Step {
    switch phase {
    case .begin:
      phase = .frames
      return .speaking(true)
    case .frames:
      guard now >= due else { return .wait(until: due) }
      guard hasFrame else {
        phase = .silence(left: Self.silenceFrames)
        return next(at: now, hasFrame: false)
      }
      return .frame(timestamp: advance(at: now))
    case .silence(let left):
      guard left > 0 else {
        phase = .end
        return next(at: now, hasFrame: false)
      }
      guard now >= due else { return .wait(until: due) }
      phase = .silence(left: left - 1)
      return .silence(timestamp: advance(at: now))
    case .end:
      phase = .over
      return .speaking(false)
    case .over: return .done
    }
  }

  /// No more frames of the source, as when it is cancelled: silence follows.
  mutating func stop() {
    if phase == .begin { phase = .over }
    if phase == .frames { phase = .silence(left: Self.silenceFrames) }
  }

  private mutating func advance(at now: Duration) -> UInt32 {
    if now - due > Self.mostLate {
      let skipped = Int64((now - due) / Self.frameDuration)
      due += Self.frameDuration * Int(clamping: skipped)
      timestamp &+= UInt32(truncatingIfNeeded: skipped) &* Self.frameSamples
      pauses += 1
    }
    defer {
      due += Self.frameDuration
      timestamp &+= Self.frameSamples
    }
    return timestamp
  }
}
