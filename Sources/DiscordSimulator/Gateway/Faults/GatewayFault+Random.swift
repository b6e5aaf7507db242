extension GatewayFault {
  /// A plan of faults drawn from a seed, in the order of their triggers.
  ///
  /// Every effect occurs; with `resumableOnly` those after which Discord promises a replay, so that
  /// a client must miss nothing.
  ///
  /// - Parameters:
  ///   - seed: the same seed gives the same plan, with any version of Swift.
  ///   - count: the number of faults.
  ///   - dispatches: faults fall on dispatches 2 to this one.
  ///   - unit: the length of the delays: they are 1 to 8 of it.
  package static func random(
    seed: UInt64, count: Int, dispatches: Int, resumableOnly: Bool = false,
    unit: Duration = .milliseconds(250)
  ) -> [GatewayFault] {
    var random = SeededNumbers(seed: seed)
    var faults: [GatewayFault] = []
    for _ in 0..<max(count, 0) {
      let effect = Effect.random(&random, resumableOnly: resumableOnly, unit: unit)
      let trigger: Trigger =
        switch random.below(10) {
        case 0: .replay(1 + random.below(max(dispatches / 4, 1)))
        case 1: .connection(2 + random.below(max(count, 1)))
        default: .dispatch(2 + random.below(max(dispatches - 1, 1)))
        }
      faults.append(GatewayFault(trigger, effect))
    }
    return faults
  }
}

extension GatewayFault.Effect {
  static func random(
    _ random: inout SeededNumbers, resumableOnly: Bool, unit: Duration
  ) -> GatewayFault.Effect {
    let delay = unit * (1 + random.below(8))
    switch random.below(resumableOnly ? 12 : 16) {
    case 0: return .reconnect
    case 1: return .invalidSession(resumable: true)
    case 2: return .requestHeartbeat
    case 3: return .reset
    case 4: return .silence
    case 5: return .close([4000, 4001, 4002, 4005, 4008][random.below(5)])
    case 6: return .muteAcknowledgements
    case 7: return .lateHello(delay)
    case 8: return .repeatReplay(1 + random.below(5))
    case 9: return .slowDispatch(delay, count: 1 + random.below(4))
    case 10: return .garbage(["not JSON", "{\"op\":", "[]", "{\"op\":\"x\"}"][random.below(4)])
    case 11: return .refuseConnections(delay)
    case 12, 13: return .invalidSession(resumable: false)
    case 14: return .close([4007, 4009][random.below(2)])
    default: return .refuseResumes(1)
    }
  }
}

/// SplitMix64: small, and the same everywhere.
struct SeededNumbers: Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number from 0 to `bound - 1`, 0 for a bound below 1.
  mutating func below(_ bound: Int) -> Int {
    bound > 0 ? Int(next() % UInt64(bound)) : 0
  }
}
