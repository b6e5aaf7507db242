internal import CaptureSynthesis

/// A script being played: what the speaker does, and when. Times are nanoseconds.
struct ScriptPlayer: Sendable {
  /// What the speaker wants of the world and of the voice gateway.
  enum Event: Hashable, Sendable {
    case join(id: UInt64)
    case leave(user: UInt64, guild: UInt64)
    case speaking(user: UInt64, flags: Int64)
    case finished(id: UInt64)
  }

  struct Frame: Sendable {
    var sequence: UInt16
    var timestamp: UInt32
    var opus: [UInt8]
    /// When its first sample was due.
    var time: Int64
  }

  enum Action: Sendable {
    case frame(Frame, ssrc: UInt32)
    case event(Event)
  }

  private enum State: Sendable {
    /// Not there; joins at a time.
    case away(until: Int64)
    /// Has asked to join.
    case joining
    /// There, and quiet until a time.
    case quiet(until: Int64)
    case talking(Spurt)
    case over
  }

  private struct Spurt: Sendable {
    var clip: VoiceClip
    var start: Int64
    var timestamp: UInt32
    var index = 0
  }

  private static let frame = 20_000_000.0
  private static let silence: [UInt8] = [0xF8, 0xFF, 0xFE]
  private static let silentFrames = 5

  let id: UInt64
  let user: UInt64
  let guild: UInt64
  let channel: UInt64
  let script: VoiceScript
  /// Whether it has what it seals with.
  var canTalk = false

  private var state: State
  private var step = 0
  private var round = 0
  private var ssrc: UInt32 = 0
  private var sequence: UInt16
  private var nextTimestamp: UInt32
  private var timestampAtOrigin: UInt32
  private var origin: Int64

  init(
    id: UInt64, user: UInt64, guild: UInt64, channel: UInt64, script: VoiceScript, now: Int64,
    random: SplitMix64
  ) {
    self.id = id
    self.user = user
    self.guild = guild
    self.channel = channel
    self.script = script
    var random = random
    sequence = UInt16(truncatingIfNeeded: random.next() >> 16)
    timestampAtOrigin = UInt32(truncatingIfNeeded: random.next() >> 16)
    nextTimestamp = timestampAtOrigin
    origin = now
    state = .away(until: now + max(script.joinsAfter, .zero).nanoseconds)
  }

  var isOver: Bool { if case .over = state { true } else { false } }

  var nextDeadline: Int64? {
    switch state {
    case .away(let time), .quiet(let time): time
    case .joining, .over: nil
    case .talking(let spurt): due(spurt)
    }
  }

  private var rate: Double { 1 + script.clockPPM / 1e6 }

  private func due(_ spurt: Spurt) -> Int64 {
    spurt.start + Int64((Double(spurt.index) * Self.frame / rate).rounded())
  }

  /// The voice server has it now.
  mutating func joined(ssrc: UInt32, now: Int64) {
    guard case .joining = state else { return }
    self.ssrc = ssrc
    state = .quiet(until: now)
  }

  /// It was thrown out, or its server went away; then it comes again.
  mutating func out(isKicked: Bool, now: Int64) -> [Event] {
    if isOver { return [] }
    canTalk = false
    guard isKicked else {
      state = .away(until: now)
      return []
    }
    state = .over
    return [.finished(id: id)]
  }

  /// Stops talking and leaves.
  mutating func stop() -> [Event] {
    if isOver { return [] }
    state = .over
    return [.leave(user: user, guild: guild), .finished(id: id)]
  }

  /// Does what is due.
  mutating func step(now: Int64) -> [Action] {
    switch state {
    case .away(let time) where time <= now:
      state = .joining
      return [.event(.join(id: id))]
    case .quiet(let time) where time <= now: return next(at: time, now: now)
    case .talking(let spurt) where due(spurt) <= now: return talk(spurt)
    default: return []
    }
  }

  private mutating func next(at time: Int64, now: Int64) -> [Action] {
    if step >= script.steps.count {
      step = 0
      round += 1
    }
    guard !script.steps.isEmpty, script.repetitions.map({ round < $0 }) ?? true else {
      return finish()
    }
    switch script.steps[step] {
    case .say(let clip):
      guard canTalk else {
        // The group's keys take a moment.
        state = .quiet(until: now + 10_000_000)
        return []
      }
      step += 1
      if !script.freezesTimestamps {
        let elapsed = Double(time - origin) * rate * 48e-6
        nextTimestamp = timestampAtOrigin &+ UInt32(truncatingIfNeeded: Int64(elapsed.rounded()))
      }
      state = .talking(Spurt(clip: clip, start: time, timestamp: nextTimestamp))
      return [.event(.speaking(user: user, flags: 1))]
    case .pause(let length):
      step += 1
      state = .quiet(until: time + max(length, .milliseconds(1)).nanoseconds)
      return []
    case .away(let length):
      step += 1
      canTalk = false
      state = .away(until: time + max(length, .milliseconds(1)).nanoseconds)
      return [.event(.leave(user: user, guild: guild))]
    }
  }

  private mutating func talk(_ spurt: Spurt) -> [Action] {
    var spurt = spurt
    let time = due(spurt)
    guard spurt.index < spurt.clip.packets.count + Self.silentFrames else {
      state = .quiet(until: time)
      nextTimestamp = spurt.timestamp &+ UInt32(truncatingIfNeeded: 960 * spurt.index)
      return script.sendsSpeakingEnd ? [.event(.speaking(user: user, flags: 0))] : []
    }
    let opus =
      spurt.index < spurt.clip.packets.count ? spurt.clip.packets[spurt.index] : Self.silence
    let frame = Frame(
      sequence: sequence,
      timestamp: spurt.timestamp &+ UInt32(truncatingIfNeeded: 960 * spurt.index),
      opus: opus, time: time)
    sequence &+= 1
    spurt.index += 1
    state = .talking(spurt)
    return [.frame(frame, ssrc: ssrc)]
  }

  private mutating func finish() -> [Action] {
    state = .over
    let leave: [Action] =
      script.leavesAtEnd ? [.event(.leave(user: user, guild: guild))] : []
    return leave + [.event(.finished(id: id))]
  }
}
