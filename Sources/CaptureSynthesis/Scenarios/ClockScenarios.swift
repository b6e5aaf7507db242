extension Scenario {
  static let clockScenarios: [Scenario] = [
    Scenario(
      "frozen",
      "timestamps stand still in pauses, 4 ms of jitter, early first packets, silence at once"
    ) {
      options in
      .crowd(options, duration: .minutes(3), count: 2) { index, length in
        var speaker = SpeakerPlan.numbered(
          index,
          talk: .alternating(
            speech: .seconds(3),
            pauses: [.milliseconds(190), .milliseconds(300), .seconds(3), .seconds(7)],
            start: .milliseconds(1000 + 777.7 * Double(index)), until: length))
        speaker.sender.timestamps = .frozen
        speaker.sender.sendsFirstPacketEarly = index.isMultiple(of: 2)
        speaker.sender.sendsSilenceAtOnce = index.isMultiple(of: 2)
        speaker.network.jitter = .exponential(mean: .milliseconds(4))
        return speaker
      }
    },
    Scenario("restarted", "every spurt begins at a random timestamp") { options in
      .crowd(options, duration: .minutes(3)) { index, length in
        var speaker = SpeakerPlan.numbered(index, talk: talk(length, speech: 3, pause: 2.3))
        speaker.sender.timestamps = .restarted
        speaker.network.jitter = .exponential(mean: .milliseconds(4))
        return speaker
      }
    },
    Scenario("drift", "+200 and -200 ppm, non-stop for an hour") { options in
      .crowd(options, duration: .hours(1), count: 2) { index, _ in
        var speaker = SpeakerPlan.numbered(index, talk: .nonStop)
        speaker.sender.ppm = drift(200, ofSpeaker: index)
        speaker.network.jitter = .exponential(mean: .milliseconds(5))
        return speaker
      }
    },
    Scenario("wraps", "sequence numbers and timestamps wrap within seconds, and again") {
      options in
      .crowd(options, duration: .minutes(2)) { index, length in
        var speaker = SpeakerPlan.numbered(index, talk: talk(length))
        speaker.sender.firstSequence = 65_486
        speaker.sender.firstTimestamp = UInt32.max - 240_000
        speaker.network.jitter = .exponential(mean: .milliseconds(3))
        speaker.network.reorderShare = 0.05
        return speaker
      }
    },
    Scenario("wall-clock-step", "the recorder's wall clock steps by -2 s and +50 ms") { options in
      var plan = CapturePlan.crowd(options, duration: .minutes(2)) { index, length in
        SpeakerPlan.numbered(index, talk: talk(length))
      }
      plan.wallClockSteps = [
        DelayStep(time: .seconds(35), change: .seconds(-2)),
        DelayStep(time: .seconds(75), change: .milliseconds(50)),
      ]
      return plan
    },
  ]
}
