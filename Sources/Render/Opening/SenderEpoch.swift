internal import DAVEFrames
internal import VoiceCrypto

/// One end-to-end key of a user: the time in which frames of it are expected, and its ratchet while
/// that is in use.
///
/// A cipher needs exclusive access while it works, so each key has an object of its own.
final class SenderEpoch {
  enum Outcome: Equatable {
    case opened
    case badTag
    case replay
    /// Of no epoch that we have the sender's key of.
    case noEpoch
  }

  /// Frames that were sealed with a new key may come so long before our commit or Welcome was
  /// processed, those of the old one so long behind op 22; ns.
  static let before: Int64 = 10_000_000_000
  static let behind: Int64 = 30_000_000_000

  let opens: Int64
  let closes: Int64
  private let secret: SecretBytes
  private var opener: FrameOpener?
  /// What the opener that was given back had opened.
  private var window = ReplayWindow()

  init(_ secret: SecretBytes, opens: Int64, closes: Int64) {
    self.secret = secret
    self.opens = opens
    self.closes = closes
  }

  var isReady: Bool { opener != nil }

  func open(_ frame: Span<UInt8>, into output: inout [UInt8]) -> Outcome {
    if opener == nil { opener = try? FrameOpener(baseSecret: secret, window: window) }
    do throws(DAVEFrameError) {
      guard try opener?.open(frame, into: &output) != nil else { return .badTag }
      return .opened
    } catch {
      return error == .replay ? .replay : .badTag
    }
  }

  /// Whether a frame whose counter was used is of this key at all; for one that was just tried.
  func isAuthentic(_ frame: Span<UInt8>) -> Bool {
    var scratch: [UInt8] = []
    return opener?.isAuthentic(frame, scratch: &scratch) ?? false
  }

  /// Gives the ciphers back; which frames were opened is kept.
  func release() {
    guard let opener = opener.take() else { return }
    window = opener.window
  }
}
