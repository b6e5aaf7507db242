internal import DAVEFrames
internal import VoiceCrypto

/// What a speaker seals with.
///
/// Clients differ: davey takes a new key as soon as the commit is processed, and leaves silence in
/// the clear; libdave waits for op 22, and encrypts silence too.
struct SpeakerKeys {
  enum Policy {
    case atCommit, atExecution
  }

  /// A sealer counts its frames, so each key has an object of its own.
  final class Key {
    let epoch: UInt64
    private var sealer: FrameSealer

    init(epoch: UInt64, secret: [UInt8]) throws(VoiceCryptoError) {
      self.epoch = epoch
      sealer = try FrameSealer(baseSecret: secret)
    }

    func seal(_ payload: [UInt8], ranges: [DAVEFrame.Range]) throws(VoiceCryptoError) -> [UInt8] {
      var frame: [UInt8] = []
      try sealer.seal(payload.span, unencryptedRanges: ranges, into: &frame)
      return frame
    }
  }

  let policy: Policy
  private(set) var current: Key?
  /// The call was downgraded: frames go in the clear until there is a new key.
  private(set) var isPlain = false
  private var waiting: [UInt16: Key] = [:]

  init(policy: Policy) { self.policy = policy }

  mutating func install(_ key: Key, transition: UInt16) {
    if policy == .atCommit || transition == 0 {
      current = key
      isPlain = false
    } else {
      waiting[transition] = key
    }
  }

  mutating func execute(_ transition: UInt16) {
    guard let key = waiting.removeValue(forKey: transition) else { return }
    current = key
    isPlain = false
    waiting = waiting.filter { $0.value.epoch > key.epoch }
  }

  mutating func allowPlaintext() {
    isPlain = true
    waiting = [:]
  }
}
