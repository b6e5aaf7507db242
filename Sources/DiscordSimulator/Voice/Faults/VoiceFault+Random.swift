internal import CaptureSynthesis

extension VoiceFault {
  /// A plan that follows from a seed: faults of all kinds that a client can come back from by
  /// itself, spread over a time.
  ///
  /// - Parameters:
  ///   - channel: where moves go to, and from there back; nil: nobody is moved.
  ///   - start: when the first one may come, after the simulator's start.
  ///   - length: within how long they come.
  package static func random(
    seed: UInt64, count: Int, user: World.ID? = nil, channel: World.ID? = nil,
    start: Duration = .seconds(2), length: Duration
  ) -> [VoiceFault] {
    var random = SplitMix64(seed: seed)
    return (0..<max(count, 0)).map { _ in
      let time = start + length * random.uniform()
      return VoiceFault(one(&random, channel: channel), user: user, at: time)
    }.sorted { ($0.time ?? .zero) < ($1.time ?? .zero) }
  }

  /// One of each kind, in a seeded order, evenly spread.
  package static func everyKind(
    seed: UInt64, user: World.ID? = nil, start: Duration = .seconds(2), every interval: Duration
  ) -> [VoiceFault] {
    var random = SplitMix64(seed: seed)
    return kinds.shuffled(using: &random).enumerated().map { index, effect in
      VoiceFault(effect, user: user, at: start + interval * index)
    }
  }

  private static let kinds: [Effect] = [
    .loss(0.2, for: .seconds(1)), .burst(packets: 20), .reorder(0.2, for: .seconds(1)),
    .duplicate(0.2, for: .seconds(1)), .corrupt(0.1, for: .seconds(1)),
    .replay(0.2, for: .seconds(1)), .forge(0.5, for: .seconds(1)),
    .delay(.milliseconds(150), for: .seconds(1)), .jitter(.milliseconds(30), for: .seconds(1)),
    .stall(.seconds(1)), .blackout(.milliseconds(1500)),
    .close(4006), .close(4009), .close(4015), .close(1001), .drop, .muteAcknowledgements,
    .refuseResumes(1), .repeatReplay(10), .lateSpeaking(.milliseconds(500)), .badWelcome,
    .badCommit, .migrate(.updateFirst, nullEndpointFirst: false),
    .migrate(.closeFirst, nullEndpointFirst: false),
    .migrate(.closeFirst, nullEndpointFirst: true), .deafen(true), .deafen(false), .downgrade,
    .upgrade, .recreate,
  ]

  private static func one(_ random: inout SplitMix64, channel: World.ID?) -> Effect {
    let number = Int(random.next() % UInt64(kinds.count + (channel == nil ? 0 : 1)))
    guard number < kinds.count else { return channel.map { .move(to: $0) } ?? .drop }
    // Nobody stays deaf, in the clear, or without answers.
    switch kinds[number] {
    case .deafen: return .deafen(false)
    case .downgrade: return .recreate
    case let effect: return effect
    }
  }
}
