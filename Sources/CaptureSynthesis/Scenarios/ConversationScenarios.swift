extension Scenario {
  static let conversations: [Scenario] = [
    Scenario("conversation", "three speakers, two minutes, pauses and overlap, loss and jitter") {
      options in
      return .crowd(options, duration: .minutes(2), count: 3) { index, length in
        var speaker = SpeakerPlan.numbered(
          index,
          talk: conversation(
            index, of: max(options.speakers ?? 3, 1), until: length, seed: options.seed))
        speaker.network.lossShare = 0.03
        speaker.network.jitter = .exponential(mean: .milliseconds(40))
        speaker.network.baseDelay = .milliseconds(25 + 15 * Double(index))
        speaker.sender.ppm = drift(100, ofSpeaker: index)
        // The third speaker is a bot: frozen timestamps, its first packet and its silence are early.
        if index == 2 {
          speaker.isBot = true
          speaker.sender.timestamps = .frozen
          speaker.sender.sendsFirstPacketEarly = true
          speaker.sender.sendsSilenceAtOnce = true
        } else {
          speaker.sender.encoder.layer = index == 0 ? .hybrid : .silk
        }
        return speaker
      }
    },
    Scenario("non-stop", "speech without a pause for an hour") { options in
      .crowd(options, duration: .hours(1)) { index, _ in
        var speaker = SpeakerPlan.numbered(index, talk: .nonStop)
        speaker.network.jitter = .exponential(mean: .milliseconds(5))
        return speaker
      }
    },
    Scenario("meeting", "eight hours, ten speakers, each 5 % of the time in spurts of 3 s") {
      options in
      .crowd(options, duration: .hours(8), count: 10) { index, _ in
        var speaker = SpeakerPlan.numbered(
          index, talk: .spurts(length: .seconds(3), share: options.talkShare ?? 0.05))
        speaker.network.jitter = .exponential(mean: .milliseconds(5))
        return speaker
      }
    },
    Scenario("meeting-packed", "the speech of `meeting` without its pauses") { options in
      let length = options.duration ?? .hours(8)
      let share = options.talkShare ?? 0.05
      let spurts = Int64(Double(length) * share / 3e9)
      return CapturePlan(
        name: "", duration: spurts * .seconds(3), seed: options.seed,
        speakers: (0..<max(options.speakers ?? 10, 1)).map { index in
          var speaker = SpeakerPlan.numbered(index, talk: .nonStop)
          speaker.network.jitter = .exponential(mean: .milliseconds(5))
          return speaker
        })
    },
  ]

  /// Turns of 2-7 s that go round the table with pauses and some overlap.
  private static func conversation(_ own: Int, of count: Int, until duration: Int64, seed: UInt64)
    -> TalkPattern
  {
    // Everybody draws the same table, and keeps only their own turns.
    var random = SplitMix64(seed: seed).child(77)
    var turns: [Turn] = []
    var busyUntil = [Int64](repeating: 0, count: count)
    var position: Int64 = 0
    var time: Int64 = .seconds(1)
    var speaker = 0
    while time < duration - .seconds(4) {
      let length = min(
        .seconds(2 + 5 * random.uniform()), duration - .milliseconds(1500) - time)
      let start = max(time, busyUntil[speaker] + .milliseconds(300))
      if speaker == own {
        turns.append(Turn(start: start, duration: length, position: position))
        position += length * 48 / 1_000_000
      }
      busyUntil[speaker] = start + length
      // From 0.8 s of overlap to 1.7 s of silence.
      time = start + length + .milliseconds(2500 * random.uniform() - 800)
      speaker = (speaker + (random.chance(0.6) ? 1 : 2)) % count
    }
    return .turns(turns)
  }
}
