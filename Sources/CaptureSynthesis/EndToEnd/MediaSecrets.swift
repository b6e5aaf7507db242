/// An epoch of a simulated call's group.
struct GroupEpoch: Hashable, Sendable {
  /// Which group of the call.
  var generation: UInt32
  var epoch: UInt64
}

/// The media keys of a synthetic call.
///
/// ECDSA signatures draw their own randomness and reach the group's secrets by the tree hash, so the
/// real secrets differ from run to run. The capture must not: it has secrets that follow from the
/// seed in place of them, one for each epoch that the clients agree on.
struct MediaSecrets {
  private let random: SplitMix64
  private var authenticators: [GroupEpoch: [UInt8]] = [:]

  init(random: SplitMix64) { self.random = random }

  /// Whether a client has the same epoch as those who were asked of before.
  mutating func isAgreed(_ group: GroupEpoch, _ epochAuthenticator: [UInt8]) -> Bool {
    if let known = authenticators[group] { return known == epochAuthenticator }
    authenticators[group] = epochAuthenticator
    return true
  }

  func secret(of user: UInt64, in group: GroupEpoch) -> [UInt8] {
    var own = random.child(UInt64(group.generation) << 32 | group.epoch).child(user)
    return (0..<16).map { _ in UInt8(truncatingIfNeeded: own.next() >> 32) }
  }
}
