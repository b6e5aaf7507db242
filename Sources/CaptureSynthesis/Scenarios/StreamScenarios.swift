extension Scenario {
  static let streamScenarios: [Scenario] = [
    Scenario("ssrc-change", "a user's SSRC changes in speech and in a pause") { options in
      .crowd(options, duration: .seconds(60)) { index, length in
        // Spurts 1-5, 6.5-10.5, 12-16, …: 14 s is speech, 32.5 s a pause.
        var speaker = SpeakerPlan.numbered(index, talk: talk(length))
        speaker.ssrcChanges = [.seconds(14), .seconds(32.5)]
        speaker.network.jitter = .exponential(mean: .milliseconds(3))
        return speaker
      }
    },
    Scenario("rejoin", "a user leaves and comes back twice") { options in
      .crowd(options, duration: .seconds(90), count: 2) { index, length in
        var speaker = SpeakerPlan.numbered(index, talk: talk(length))
        if index == 0 {
          speaker.presence = [
            0..<Int64.seconds(20), Int64.seconds(32.25)..<Int64.seconds(50),
            Int64.seconds(70)..<length,
          ].filter { !$0.isEmpty }
        }
        speaker.network.jitter = .exponential(mean: .milliseconds(3))
        return speaker
      }
    },
    Scenario("reconnect", "two new connections: new keys, once new SSRCs, once the same") {
      options in
      var plan = CapturePlan.crowd(options, duration: .seconds(90), count: 2) { index, length in
        var speaker = SpeakerPlan.numbered(index, talk: talk(length))
        speaker.network.jitter = .exponential(mean: .milliseconds(3))
        return speaker
      }
      let length = plan.duration
      let cuts = [length / 3, length * 2 / 3]
      plan.connections = [
        ConnectionPlan(
          active: .milliseconds(60)..<cuts[0], endReason: "voice server changed", closeCode: 4014),
        ConnectionPlan(
          active: (cuts[0] + .milliseconds(900))..<cuts[1], endReason: "connection reset"),
        ConnectionPlan(active: (cuts[1] + .milliseconds(1700))..<length, renewsSSRCs: false),
      ]
      return plan
    },
    Scenario("unmapped", "one of two speakers is never announced") { options in
      .crowd(options, duration: .seconds(60), count: 2) { index, length in
        var speaker = SpeakerPlan.numbered(index, talk: talk(length))
        if index == 1 { speaker.mapping = .never }
        return speaker
      }
    },
    Scenario("late-mapping", "users are announced 300 ms and 4 s after they began to speak") {
      options in
      .crowd(options, duration: .seconds(60), count: 2) { index, length in
        var speaker = SpeakerPlan.numbered(index, talk: talk(length))
        speaker.mapping = .late(index == 0 ? .milliseconds(300) : .seconds(4))
        return speaker
      }
    },
    Scenario("noise", "empty, foreign, forged and unknown datagrams among the speech") { options in
      var plan = CapturePlan.crowd(options, duration: .seconds(60)) { index, length in
        SpeakerPlan.numbered(index, talk: talk(length))
      }
      plan.noise = NoisePlan(interval: .milliseconds(250))
      plan.noise.forgedShare = 0.05
      return plan
    },
  ]
}
