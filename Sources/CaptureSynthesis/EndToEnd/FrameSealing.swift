internal import DAVEFrames

/// Seals the speakers' Opus packets as the call's group stands when they leave.
struct FrameSealing {
  private static let silence: [UInt8] = [0xF8, 0xFF, 0xFE]

  private let plan: EndToEndPlan
  private let users: [UInt64]
  private var random: SplitMix64
  private var first: [Int: [UInt8]] = [:]

  init(_ plan: EndToEndPlan, speakers: [SpeakerPlan], random: SplitMix64) {
    self.plan = plan
    users = speakers.map { UInt64($0.user) ?? 0 }
    self.random = random
  }

  /// - Parameter payload: Replaced by the frame.
  /// - Returns: The epoch that it is sealed in; ``EndToEndPlan/inTheClear`` in a downgraded call; nil
  ///   when it is in the clear and should not be.
  mutating func seal(
    _ packet: SentPacket, in call: CallSimulation?, payload: inout [UInt8]
  ) throws -> UInt64? {
    let hasRanges = random.chance(plan.unencryptedRangeShare) && payload.count > 2
    guard plan.fault != .inTheClear else { return nil }
    let speaker = call?.keys[users[packet.speaker]]
    if let speaker, speaker.isPlain { return EndToEndPlan.inTheClear }
    // Without a key a client sends nothing of its user's.
    guard let speaker, let key = speaker.current else {
      payload = Self.silence
      return nil
    }
    if plan.clearShare > 0, random.chance(plan.clearShare) { return nil }
    if payload == Self.silence, speaker.policy == .atCommit { return nil }
    if plan.fault == .repeatedFrame, let frame = first[packet.speaker] {
      payload = frame
      return key.epoch
    }
    payload = try key.seal(
      payload, ranges: hasRanges ? [DAVEFrame.Range(offset: 0, length: 2)] : [])
    if plan.fault == .repeatedFrame { first[packet.speaker] = payload }
    return key.epoch
  }
}
