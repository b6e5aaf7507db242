internal import Glibc

/// A small seeded generator (SplitMix64): the same seed gives the same capture on every machine.
///
/// Each purpose draws from its own ``child(_:)``, so that more loss does not also change, say, the
/// sequence numbers.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// An independent generator for one purpose; does not advance this one.
  package func child(_ purpose: UInt64) -> SplitMix64 {
    SplitMix64(seed: Self.mix(state ^ Self.mix(purpose &+ 0x632B_E59B_D9B4_E019)))
  }

  /// Uniform in [0, 1), 53 bits.
  package mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// True with the given probability; draws even when the outcome is certain, so that a changed
  /// probability leaves the later draws in step.
  package mutating func chance(_ probability: Double) -> Bool {
    uniform() < probability
  }

  /// Exponentially distributed with the given mean.
  package mutating func exponential(mean: Double) -> Double {
    -mean * log(1 - uniform())
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
