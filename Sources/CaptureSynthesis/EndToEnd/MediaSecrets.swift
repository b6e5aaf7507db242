/// The media keys of a synthetic call.
///
/// ECDSA signatures draw their own randomness and reach the group's secrets by the tree hash, so the
/// real secrets differ from run to run. The capture must not: it has secrets that follow from the
/// seed in place of them, the same for all who agree on the group's, and others for all who do not.
struct MediaSecrets {
  private let random: SplitMix64
  private var groups: [[UInt8]: UInt64] = [:]

  init(random: SplitMix64) { self.random = random }

  /// Which group and epoch this is, by its epoch authenticator, in the order of appearance.
  mutating func number(_ epochAuthenticator: [UInt8]) -> UInt64 {
    if let known = groups[epochAuthenticator] { return known }
    let new = UInt64(groups.count) + 1
    groups[epochAuthenticator] = new
    return new
  }

  func secret(of user: UInt64, in number: UInt64) -> [UInt8] {
    var own = random.child(number).child(user)
    return (0..<16).map { _ in UInt8(truncatingIfNeeded: own.next() >> 32) }
  }
}
