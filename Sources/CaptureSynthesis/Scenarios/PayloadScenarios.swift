extension Scenario {
  static let payloadScenarios: [Scenario] = [
    Scenario("fec", "10 % loss of SILK and hybrid packets, which carry redundancy") { options in
      .crowd(options, duration: .seconds(60), count: 2) { index, length in
        var speaker = SpeakerPlan.numbered(index, talk: talk(length))
        speaker.sender.encoder.layer = index.isMultiple(of: 2) ? .silk : .hybrid
        speaker.network.lossShare = 0.1
        return speaker
      }
    },
    Scenario("stereo", "a stereo sender beside a mono one") { options in
      .crowd(options, duration: .seconds(60), count: 2) { index, length in
        var speaker = SpeakerPlan.numbered(index, talk: talk(length))
        if index == 0 { speaker.sender.encoder.channels = 2 }
        return speaker
      }
    },
    Scenario("frame-sizes", "a speaker for each packet length from 2.5 to 120 ms") { options in
      let sizes = [120, 240, 480, 960, 1920, 2880]
      let multiples = [(1920, 2), (960, 5), (2880, 2)]  // 80, 100 and 120 ms
      return .crowd(options, duration: .seconds(30), count: sizes.count + multiples.count) {
        index, length in
        var speaker = SpeakerPlan.numbered(index, talk: talk(length))
        let choice = index % (sizes.count + multiples.count)
        if choice < sizes.count {
          speaker.sender.frameSamples = sizes[choice]
        } else {
          (speaker.sender.frameSamples, speaker.sender.framesPerPacket) =
            multiples[choice - sizes.count]
        }
        // Frames over 20 ms exist in SILK only; CELT would make several frames of them.
        if speaker.sender.packetSamples > 960 { speaker.sender.encoder.layer = .silk }
        return speaker
      }
    },
    Scenario("multi-frame", "three frames of 20 ms a packet, with loss") { options in
      .crowd(options, duration: .seconds(60)) { index, length in
        var speaker = SpeakerPlan.numbered(index, talk: talk(length))
        speaker.sender.framesPerPacket = 3
        speaker.network.lossShare = 0.03
        return speaker
      }
    },
    Scenario("undecodable", "2 % of the packets hold no Opus") { options in
      .crowd(options, duration: .seconds(60)) { index, length in
        var speaker = SpeakerPlan.numbered(index, talk: talk(length))
        speaker.sender.undecodableShare = 0.02
        return speaker
      }
    },
    Scenario("dtx", "pauses by discontinuous transmission: one byte every 400 ms") { options in
      .crowd(options, duration: .seconds(90)) { index, length in
        var speaker = SpeakerPlan.numbered(index, talk: talk(length, speech: 4, pause: 3))
        speaker.sender.usesDTX = true
        speaker.network.jitter = .exponential(mean: .milliseconds(3))
        return speaker
      }
    },
    Scenario("padding", "padding on half of the packets, some without header extension") {
      options in
      .crowd(options, duration: .seconds(30), count: 2) { index, length in
        var speaker = SpeakerPlan.numbered(index, talk: talk(length))
        speaker.sender.paddingShare = 0.5
        speaker.sender.hasExtensions = index == 0
        return speaker
      }
    },
  ]
}
