internal import VoiceCrypto

/// The keys to receive a call with: of every sender, those of the epochs that frames may still
/// come from.
///
/// A frame does not name its epoch. The key that opened a sender's last frame is tried first, then
/// the newest, then the others. Opening an Opus frame allocates nothing once a sender has spoken
/// (the benchmark `frames` counts it in a release build).
///
/// An epoch is kept until 30 s after a later one was executed (op 22), and the last four always are.
package struct KeyRing: ~Copyable {
  /// Nanoseconds that an epoch is kept after a later one was executed.
  package static let retention: Int64 = 30_000_000_000
  /// So many epochs are kept however old they are.
  package static let leastEpochs = 4
  /// So many at most, if op 22 never comes.
  static let mostEpochs = 64

  /// When each epoch was retired; ascending.
  private var epochs: [(epoch: FrameEpoch, retired: Int64?)] = []
  private var senders: [UInt64: SenderKeys] = [:]

  package init() {}

  /// The epochs that keys are kept of, the oldest first.
  package var keptEpochs: [FrameEpoch] { epochs.map(\.epoch) }

  /// Takes over the keys of an epoch (``DAVEAction/install``).
  ///
  /// - Parameters:
  ///   - secrets: 16 bytes for each user; the caller's copies are not zeroed.
  ///   - now: nanoseconds on any clock that does not go back.
  package mutating func install(
    _ epoch: FrameEpoch, secrets: [UInt64: [UInt8]], at now: Int64
  ) {
    // Said again, the epoch keeps its openers: they know what was received.
    guard !epochs.contains(where: { $0.epoch == epoch }) else { return }
    epochs.insert((epoch, nil), at: epochs.firstIndex { $0.epoch > epoch } ?? epochs.endIndex)
    for (user, secret) in secrets {
      let keys = senders[user] ?? SenderKeys()
      keys.add(EpochKey(epoch, secret: SecretBytes(secret)))
      senders[user] = keys
    }
    while epochs.count > Self.mostEpochs { drop(epochs.removeFirst().epoch) }
    prune(at: now)
  }

  /// Op 22: the epochs before this one begin to run out (``DAVEAction/retireBefore``).
  package mutating func retire(before epoch: FrameEpoch, at now: Int64) {
    for index in epochs.indices where epochs[index].epoch < epoch && epochs[index].retired == nil {
      epochs[index].retired = now
    }
    prune(at: now)
  }

  /// Forgets the epochs that have run out. Called with every change; else once in a while.
  package mutating func prune(at now: Int64) {
    while epochs.count > Self.leastEpochs, let oldest = epochs.first, let retired = oldest.retired,
      now - retired >= Self.retention
    {
      drop(oldest.epoch)
      epochs.removeFirst()
    }
  }

  private mutating func drop(_ epoch: FrameEpoch) {
    for (user, keys) in senders {
      keys.remove(epoch)
      if keys.isEmpty { senders[user] = nil }
    }
  }

  /// Opens one frame.
  ///
  /// - Parameters:
  ///   - frame: the RTP payload without extension body and padding.
  ///   - sender: whom the SSRC belongs to.
  ///   - allowingPlaintext: whether frames that are not encrypted are right at the moment
  ///     (``DAVEAction/allowPlaintext``).
  ///   - output: replaced by the frame's contents; empty after an error.
  /// - Throws: why it does not open. Such a frame changes nothing and must not be decoded.
  package mutating func open(
    _ frame: Span<UInt8>, from sender: UInt64, allowingPlaintext: Bool,
    into output: inout [UInt8]
  ) throws(FrameFailure) -> OpenedFrame {
    output.removeAll(keepingCapacity: true)
    guard DAVEFrame.looksEncrypted(frame) else {
      let isSilence = DAVEFrame.isSilence(frame)
      guard isSilence || allowingPlaintext else { throw .notDAVE }
      for index in 0..<frame.count { output.append(frame[index]) }
      return isSilence ? .silence : .plaintext
    }
    guard let keys = senders[sender] else { throw .noEpoch }
    return .encrypted(try keys.open(frame, into: &output))
  }
}

/// The keys of one sender. A class, so that they are changed where they lie.
final class SenderKeys {
  /// Newest first.
  private var keys: [EpochKey] = []
  /// The one that opened the last frame.
  private var last: EpochKey?
  private var scratch: [UInt8] = []

  var isEmpty: Bool { keys.isEmpty }

  func add(_ key: EpochKey) {
    keys.insert(key, at: keys.firstIndex { $0.epoch < key.epoch } ?? keys.endIndex)
  }

  func remove(_ epoch: FrameEpoch) {
    keys.removeAll { $0.epoch == epoch }
    if last?.epoch == epoch { last = nil }
  }

  func open(
    _ frame: Span<UInt8>, into output: inout [UInt8]
  ) throws(FrameFailure) -> FrameEpoch {
    // Counters begin anew in each epoch: one that was used in this epoch may be another's.
    var isUsed = false
    if let last {
      switch last.open(frame, into: &output) {
      case .opened: return last.epoch
      case .used: isUsed = true
      case .closed: break
      }
    }
    for key in keys where key !== last {
      switch key.open(frame, into: &output) {
      case .opened:
        last = key
        return key.epoch
      case .used: isUsed = true
      case .closed: break
      }
    }
    if isUsed, keys.contains(where: { $0.isAuthentic(frame, scratch: &scratch) }) { throw .replay }
    throw .badTag
  }
}

/// The key of one sender and epoch, with what was received under it.
final class EpochKey {
  enum Outcome { case opened, used, closed }

  let epoch: FrameEpoch
  private let secret: SecretBytes
  /// Made when the first frame comes: in a large call most people never speak.
  private var opener: FrameOpener?

  init(_ epoch: FrameEpoch, secret: SecretBytes) {
    self.epoch = epoch
    self.secret = secret
  }

  func open(_ frame: Span<UInt8>, into output: inout [UInt8]) -> Outcome {
    if opener == nil { opener = try? FrameOpener(baseSecret: secret) }
    do throws(DAVEFrameError) {
      guard try opener?.open(frame, into: &output) != nil else { return .closed }
      return .opened
    } catch {
      return error == .replay ? .used : .closed
    }
  }

  func isAuthentic(_ frame: Span<UInt8>, scratch: inout [UInt8]) -> Bool {
    opener?.isAuthentic(frame, scratch: &scratch) ?? false
  }
}
