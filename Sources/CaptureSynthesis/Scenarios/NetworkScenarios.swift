extension Scenario {
  static let networkScenarios: [Scenario] = [
    Scenario("clean", "one speaker, no trouble at all") { options in
      .crowd(options, duration: .seconds(30)) { index, length in
        SpeakerPlan.numbered(index, talk: talk(length))
      }
    },
    Scenario("burst-loss", "200, 400 and 600 ms of speech lost in one go") { options in
      .crowd(options, duration: .seconds(60)) { index, length in
        var speaker = SpeakerPlan.numbered(index, talk: talk(length, speech: 12, pause: 2))
        speaker.network.lossBursts = [200.0, 400, 600].enumerated().map { count, burst in
          let start = Int64.seconds(6 + 14 * Double(count))
          return start..<(start + .milliseconds(burst))
        }
        speaker.network.jitter = .exponential(mean: .milliseconds(3))
        return speaker
      }
    },
    Scenario("pauses", "pauses of 190 ms, 300 ms and 3 s, and the marker bit") { options in
      .crowd(options, duration: .minutes(2)) { index, length in
        var speaker = SpeakerPlan.numbered(
          index,
          talk: .alternating(
            speech: .seconds(2),
            pauses: [.milliseconds(190), .milliseconds(300), .seconds(3)], until: length))
        speaker.network.jitter = .exponential(mean: .milliseconds(3))
        speaker.sender.marksSpurts = true
        return speaker
      }
    },
    Scenario("pauses-bare", "the same without silence frames behind the spurts") { options in
      .crowd(options, duration: .minutes(2)) { index, length in
        var speaker = SpeakerPlan.numbered(
          index,
          talk: .alternating(
            speech: .seconds(2),
            pauses: [.milliseconds(190), .milliseconds(300), .seconds(3)], until: length))
        speaker.network.jitter = .exponential(mean: .milliseconds(3))
        speaker.sender.trailingSilenceFrames = 0
        return speaker
      }
    },
    Scenario("long-pause", "pauses of ten minutes at 100 ppm") { options in
      .crowd(options, duration: .minutes(32)) { index, length in
        var speaker = SpeakerPlan.numbered(
          index, talk: .alternating(speech: .seconds(10), pauses: [.minutes(10)], until: length))
        speaker.network.jitter = .exponential(mean: .milliseconds(3))
        speaker.sender.ppm = drift(100, ofSpeaker: index)
        return speaker
      }
    },
    Scenario("stall", "700 ms without a packet, then all at once") { options in
      .crowd(options, duration: .seconds(60)) { index, length in
        var speaker = SpeakerPlan.numbered(index, talk: talk(length, speech: 12, pause: 2))
        speaker.network.stalls = [20, 45].map {
          let start = Int64.seconds($0)
          return start..<(start + .milliseconds(700))
        }
        speaker.network.jitter = .exponential(mean: .milliseconds(3))
        return speaker
      }
    },
    Scenario("route-change", "the path's least delay grows by 40 ms in a pause, later shrinks") {
      options in
      .crowd(options, duration: .minutes(4)) { index, length in
        // Spurts of 8 s every 10 s: 79.5 s and 159.5 s lie in pauses.
        var speaker = SpeakerPlan.numbered(index, talk: talk(length, speech: 8, pause: 2))
        speaker.network.routeChanges = [
          DelayStep(time: .seconds(80), change: .milliseconds(40)),
          DelayStep(time: .seconds(160), change: .milliseconds(-40)),
        ]
        speaker.network.jitter = .exponential(mean: .milliseconds(3))
        return speaker
      }
    },
    Scenario("loss-jitter", "5 % loss with 60 ms of jitter for two hours") { options in
      .crowd(options, duration: .hours(2)) { index, _ in
        var speaker = SpeakerPlan.numbered(
          index, talk: .spurts(length: .seconds(6), share: 0.6))
        speaker.network.lossShare = 0.05
        speaker.network.jitter = .exponential(mean: .milliseconds(60))
        speaker.network.keepsOrder = false
        speaker.sender.ppm = drift(40, ofSpeaker: index)
        speaker.sender.encoder.layer = .hybrid
        return speaker
      }
    },
    Scenario("reorder", "packets overtaken by three others, and duplicates") { options in
      .crowd(options, duration: .seconds(60)) { index, length in
        var speaker = SpeakerPlan.numbered(index, talk: talk(length))
        speaker.network.reorderShare = 0.05
        speaker.network.duplicateShare = 0.05
        speaker.network.jitter = .exponential(mean: .milliseconds(3))
        return speaker
      }
    },
  ]

  /// Spurts of so many seconds with pauses of so many.
  static func talk(_ duration: Int64, speech: Double = 4, pause: Double = 1.5) -> TalkPattern {
    .alternating(speech: .seconds(speech), pauses: [.seconds(pause)], until: duration)
  }
}
