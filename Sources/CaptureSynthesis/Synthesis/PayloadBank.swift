internal import Audio

/// Payloads and RTP packets of all speakers.
struct PayloadBank {
  private var sources: [PayloadSource] = []
  private var preparers: [PacketPreparer] = []
  private var sealing: FrameSealing?

  /// - Throws: `AudioError` when an encoder refuses a sender's settings.
  init(
    _ plan: CapturePlan, voices: VoiceLibrary?, options: SynthesisOptions, random: SplitMix64
  ) throws(AudioError) {
    if options.daveVersion > 0, let endToEnd = options.endToEnd {
      sealing = FrameSealing(endToEnd, speakers: plan.speakers, random: random.child(1 << 32))
    }
    for (index, speaker) in plan.speakers.enumerated() {
      let voice = voices.map { $0[speaker.voice] }
      sources.append(
        try PayloadSource(options.payloads, sender: speaker.sender, voice: voice))
      preparers.append(
        PacketPreparer(sender: speaker.sender, random: random.child(UInt64(index))))
    }
  }

  /// To be called for every packet in the order of leaving, also for those that get lost.
  ///
  /// - Returns: The packet, and the epoch that it is sealed in, if it is.
  mutating func prepare(
    _ packet: SentPacket, in call: CallSimulation?
  ) throws -> (packet: PreparedPacket, epoch: UInt64?) {
    var payload = try sources[packet.speaker].payload(packet.content)
    let epoch = try sealing?.seal(packet, in: call, payload: &payload)
    return (preparers[packet.speaker].prepare(packet, payload: payload), epoch ?? nil)
  }
}
