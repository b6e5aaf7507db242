/// The packets of one speaker in the order in which they leave.
///
/// Made one at a time; the state is a few words, whatever the length of the session.
package struct PacketSchedule: Sendable {
  private enum Phase: Equatable {
    case idle
    case speech
    case trailing(left: Int)
  }

  private let speaker: Int
  private let sender: SenderModel
  private let clock: SampleClock
  private let streams: [StreamPlan]
  private let duration: Int64
  private var turns: TurnSequence
  private var random: SplitMix64

  private var phase = Phase.idle
  private var turn: Turn?
  private var following: Turn?
  private var spurt = -1
  /// The next sample to be sent, in the sender's samples since zero, and where the turn's audio ends.
  private var sample: Int64 = 0
  private var turnStart: Int64 = 0
  private var turnEnd: Int64 = 0
  private var isFirst = true
  private var stream = -1
  private var sequence: Int64 = 0
  /// RTP timestamp minus sample number in this spurt.
  private var timestampOffset: Int64 = 0
  /// The timestamp behind the last packet, for frozen timestamps.
  private var nextTimestamp: Int64 = 0
  private var lastSend = Int64.min

  package init(speaker: Int, plan: CapturePlan, random: SplitMix64) {
    let speakerPlan = plan.speakers[speaker]
    self.speaker = speaker
    sender = speakerPlan.sender
    clock = SampleClock(ppm: sender.ppm)
    duration = plan.duration
    streams = StreamPlan.streams(of: speakerPlan, in: plan, random: random.child(1))
    turns = TurnSequence(speakerPlan.talk, duration: plan.duration, random: random.child(2))
    self.random = random.child(3)
    following = turns.next()
  }

  var streamPlans: [StreamPlan] { streams }

  func stream(at time: Int64) -> StreamPlan? {
    streams.first { $0.active.contains(time) }
  }

  /// The RTP timestamp that a sender report gives for a moment.
  func timestamp(at time: Int64) -> UInt32 {
    UInt32(truncatingIfNeeded: timestampOffset + clock.sample(at: time))
  }

  /// The next packet that leaves while the speaker is in the call and heard.
  package mutating func next() -> SentPacket? {
    while true {
      switch phase {
      case .idle:
        guard beginTurn() else { return nil }
      case .speech:
        if sample + Int64(sender.packetSamples) > turnEnd {
          phase = .trailing(left: sender.usesDTX ? Int.max : sender.trailingSilenceFrames)
          continue
        }
        if let packet = speechPacket() { return packet }
      case .trailing(let left):
        if let packet = pausePacket(left: left) { return packet }
      }
    }
  }

  private mutating func beginTurn() -> Bool {
    guard let next = following else { return false }
    turn = next
    following = turns.next()
    spurt += 1
    isFirst = true
    let wanted = max(clock.sample(at: next.start), sample)
    // A running clock is read in blocks of at most 10 ms; a frozen one begins anywhere.
    let grid = sender.timestamps == .running ? Int64(min(480, sender.frameSamples)) : 1
    turnStart = (wanted + grid - 1) / grid * grid
    sample = turnStart
    // Whole packets for the turn's length, wherever on the grid it begins.
    let length = clock.sample(at: next.end) - clock.sample(at: next.start)
    let packet = Int64(sender.packetSamples)
    turnEnd = min(
      turnStart + (length + packet / 2) / packet * packet, clock.sample(at: duration))
    switch sender.timestamps {
    case .running: break
    case .frozen: timestampOffset = nextTimestamp - sample
    case .restarted: timestampOffset = Int64(UInt32(truncatingIfNeeded: random.next())) - sample
    }
    phase = .speech
    return true
  }

  private mutating func speechPacket() -> SentPacket? {
    let start = sample
    sample += Int64(sender.packetSamples)
    let isUndecodable = random.chance(sender.undecodableShare)
    let position = (turn?.position ?? 0) + start - turnStart
    return packet(
      at: start, samples: sender.packetSamples,
      content: isUndecodable ? .undecodable : .speech(position: position))
  }

  /// The silence frames behind a spurt or, with DTX, the comfort packets of the whole pause.
  private mutating func pausePacket(left: Int) -> SentPacket? {
    let step: Int64 = sender.usesDTX ? 19_200 : 960
    let start = sender.usesDTX ? sample + step - 960 : sample
    let limit = following.map { clock.sample(at: $0.start) } ?? clock.sample(at: duration)
    guard left > 0, start + 960 <= limit else {
      phase = .idle
      return nil
    }
    phase = .trailing(left: left - 1)
    sample = start + 960
    if sender.usesDTX { return packet(at: start, samples: 960, content: .comfort) }
    let before = sender.sendsSilenceAtOnce ? sender.trailingSilenceFrames - left : 0
    return packet(
      at: start, samples: 960, content: .silence, early: .milliseconds(20 * Double(before)))
  }

  /// - Parameter early: How long before its time it leaves, ns.
  private mutating func packet(
    at start: Int64, samples: Int, content: PacketContent, early: Int64 = 0
  ) -> SentPacket? {
    let trueTime = clock.time(ofSample: start)
    let delay =
      clock.time(ofSample: Int64(sender.packetSamples)) + sender.processingDelay
    let isEarly = isFirst && sender.sendsFirstPacketEarly
    var sendTime = trueTime + delay - (isEarly ? .milliseconds(20) : early)
    sendTime = max(sendTime, lastSend)
    guard enterStream(at: sendTime, sample: start) else {
      endSpurt()
      return nil
    }
    lastSend = sendTime
    let result = SentPacket(
      speaker: speaker, stream: stream, spurt: spurt, connection: streams[stream].connection,
      ssrc: streams[stream].ssrc, sequence: sequence, timestamp: timestampOffset + start,
      samples: samples, content: content, isFirstOfSpurt: isFirst, trueTime: trueTime,
      sendTime: sendTime, senderDelay: delay)
    isFirst = false
    sequence += 1
    nextTimestamp = result.timestamp + Int64(samples)
    return result
  }

  /// Makes the stream that is active at `time` the current one; false when there is none.
  private mutating func enterStream(at time: Int64, sample start: Int64) -> Bool {
    if stream >= 0, streams[stream].active.contains(time) { return true }
    guard let found = streams.indices.first(where: { streams[$0].active.contains(time) }) else {
      return false
    }
    if stream >= 0, streams[found].ssrc == streams[stream].ssrc {
      // The recorder came back to the same server: the sender noticed nothing.
      stream = found
      return true
    }
    // Whoever talks on into the new stream begins a spurt of its own.
    endSpurt()
    stream = found
    sequence = Int64(streams[found].sequence)
    timestampOffset = Int64(streams[found].timestamp) - start
    return true
  }

  private mutating func endSpurt() {
    guard !isFirst else { return }
    spurt += 1
    isFirst = true
  }
}
