internal import Audio

/// Payloads and RTP packets of all speakers.
struct PayloadBank {
  private var sources: [PayloadSource] = []
  private var preparers: [PacketPreparer] = []
  private let sealFrame: (@Sendable (SentPacket, inout [UInt8]) throws -> Void)?

  /// - Throws: `AudioError` when an encoder refuses a sender's settings.
  init(
    _ plan: CapturePlan, voices: VoiceLibrary?, options: SynthesisOptions, random: SplitMix64
  ) throws(AudioError) {
    sealFrame = options.sealFrame
    for (index, speaker) in plan.speakers.enumerated() {
      let voice = voices.map { $0[speaker.voice] }
      sources.append(
        try PayloadSource(options.payloads, sender: speaker.sender, voice: voice))
      preparers.append(
        PacketPreparer(sender: speaker.sender, random: random.child(UInt64(index))))
    }
  }

  /// To be called for every packet in the order of leaving, also for those that get lost.
  mutating func prepare(_ packet: SentPacket) throws -> PreparedPacket {
    var payload = try sources[packet.speaker].payload(packet.content)
    try sealFrame?(packet, &payload)
    return preparers[packet.speaker].prepare(packet, payload: payload)
  }
}
