internal import DAVEFrames
internal import VoiceCrypto

/// The end-to-end keys of one user: a frame opens with any of them, tried newest first.
final class SenderOpener {
  enum Outcome: Equatable {
    case opened
    case badTag
    case replay
  }

  /// An opener keeps a ratchet and a replay window, so each key has an object of its own.
  private final class Key {
    private let secret: SecretBytes
    private var opener: FrameOpener?

    init(_ secret: SecretBytes) { self.secret = secret }

    func open(_ frame: Span<UInt8>, into output: inout [UInt8]) -> Outcome {
      if opener == nil { opener = try? FrameOpener(baseSecret: secret) }
      do throws(DAVEFrameError) {
        guard try opener?.open(frame, into: &output) != nil else { return .badTag }
        return .opened
      } catch {
        return error == .replay ? .replay : .badTag
      }
    }
  }

  /// Newest first.
  private let keys: [Key]
  /// The one that opened the last frame.
  private var last = 0

  init(_ senders: [RenderKeys.Sender]) {
    keys = senders.sorted { $0.time > $1.time }.map { Key($0.secret) }
  }

  /// Opens a frame that has DAVE's form.
  func open(_ frame: Span<UInt8>, into output: inout [UInt8]) -> Outcome {
    guard !keys.isEmpty else { return .badTag }
    var outcome = keys[last].open(frame, into: &output)
    if outcome == .opened { return .opened }
    for index in keys.indices where index != last {
      switch keys[index].open(frame, into: &output) {
      case .opened:
        last = index
        return .opened
      case .replay: outcome = .replay
      case .badTag: break
      }
    }
    return outcome
  }
}
