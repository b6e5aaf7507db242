/// What a sender's RTP timestamps do while nothing is sent.
package enum TimestampPolicy: String, Sendable, CaseIterable, Codable {
  /// They go on with the sender's clock (WebRTC clients).
  case running
  /// They stand still: one packet's samples are added for each packet sent (discord.py).
  case frozen
  /// Every spurt begins at a random timestamp.
  case restarted
}

/// How a sender encodes.
package struct EncoderProfile: Sendable, Equatable {
  /// Which layer of Opus is forced; only SILK and hybrid carry forward error correction.
  package enum Layer: String, Sendable, CaseIterable, Codable {
    case celt, hybrid, silk
  }

  /// Bits a second.
  package var bitrate = 64_000
  package var channels = 1
  package var layer: Layer = .celt
  package var forwardErrorCorrection = true
  /// What the encoder is told of the network, percent; without it no redundancy is sent.
  package var expectedLossPercent = 10

  package init() {}
}

/// A sender: clock, packets and framing, nothing of the network.
package struct SenderModel: Sendable, Equatable {
  /// Samples at 48 kHz of one Opus frame: 120 (2.5 ms) to 2880 (60 ms); in one packet at most 5760.
  package var frameSamples = 960
  package var framesPerPacket = 1
  package var encoder = EncoderProfile()
  /// The sender's sample clock against true time, parts per million; positive is fast.
  package var ppm = 0.0
  package var timestamps: TimestampPolicy = .running
  /// The first packet of a spurt leaves 20 ms early against the rest (discord.py).
  package var sendsFirstPacketEarly = false
  /// Frames F8 FF FE behind each spurt.
  package var trailingSilenceFrames = 5
  /// They leave all at once when the first of them is due (discord.py).
  package var sendsSilenceAtOnce = false
  /// In pauses one packet of one byte every 400 ms in place of silence frames (Opus DTX).
  package var usesDTX = false
  /// From the end of a packet's audio until it leaves the sender, ns.
  package var processingDelay: Int64 = .milliseconds(3)
  /// Starting values of each stream; nil is random.
  package var firstSequence: UInt16?
  package var firstTimestamp: UInt32?
  /// RTP header extension (one-byte form) on every packet.
  package var hasExtensions = true
  /// The share of packets with RTP padding.
  package var paddingShare = 0.02
  /// Marker bit on the first packet of a spurt.
  package var marksSpurts = false
  /// The share of speech packets whose payload no Opus decoder takes.
  package var undecodableShare = 0.0

  package init() {}

  /// Samples at 48 kHz of one packet.
  package var packetSamples: Int { frameSamples * framesPerPacket }
}

/// The sender's sample clock.
package struct SampleClock: Sendable, Equatable {
  private let nanosecondsPerSample: Double

  package init(ppm: Double) {
    nanosecondsPerSample = 1e9 / (48_000 * (1 + ppm / 1e6))
  }

  /// True time, ns, of a sample counted from the session's zero.
  package func time(ofSample sample: Int64) -> Int64 {
    Int64((Double(sample) * nanosecondsPerSample).rounded())
  }

  /// The first sample at or after a true time in ns.
  package func sample(at time: Int64) -> Int64 {
    Int64((Double(time) / nanosecondsPerSample).rounded(.up))
  }
}
