internal import DAVEFrames

/// The end-to-end keys of one user. Times only say where to look first: the tag decides.
///
/// In the steady state a frame costs one try, with the key that opened the last one.
final class SenderOpener {
  typealias Outcome = SenderEpoch.Outcome

  /// Ratchets that are kept beside those whose time it is.
  private static let kept = 8
  /// Keys outside of their time that are tried for every frame: as many as a live client keeps.
  private static let nearest = 4
  /// Tries of all other keys. A sender of whom we never got the key would cost, with a thousand
  /// epochs, a thousand tries a frame; when these are used up, every so many frames is tried.
  private static let farTries = 50_000
  private static let farInterval = 50

  /// Ascending by ``SenderEpoch/opens``.
  private let epochs: [SenderEpoch]
  private let begins: [UInt32: Int64]
  /// The one that opened the last frame.
  private var last: Int?
  /// How many of ``epochs`` have begun at the last frame's time.
  private var begun = 0
  /// Those with a ratchet, the one used last at the end.
  private var ready: [Int] = []
  private var farTries = SenderOpener.farTries
  private var unopened = 0

  init(_ senders: [RenderKeys.Sender], windows: EpochWindows) {
    epochs = windows.epochs(senders)
    begins = windows.begins(senders)
  }

  /// How many ratchets are held.
  var readyCount: Int { epochs.count { $0.isReady } }

  /// Opens a frame that has DAVE's form and came over `connection` at `time`.
  func open(
    _ frame: Span<UInt8>, connection: UInt32, at time: Int64, into output: inout [UInt8]
  ) -> Outcome {
    if let last, let outcome = attempt(last, frame, into: &output) { return outcome }
    return search(frame, connection: connection, at: time, into: &output)
  }

  private func search(
    _ frame: Span<UInt8>, connection: UInt32, at time: Int64, into output: inout [UInt8]
  ) -> Outcome {
    while begun < epochs.count, epochs[begun].opens <= time { begun += 1 }
    while begun > 0, epochs[begun - 1].opens > time { begun -= 1 }
    // Those whose time it is, newest first.
    var oldest = begun
    while oldest > 0, epochs[oldest - 1].closes >= time {
      oldest -= 1
      guard oldest != last else { continue }
      if let outcome = attempt(oldest, frame, into: &output) {
        return found(outcome, by: oldest, at: time)
      }
    }
    // Then the others: the older ones, then those to come.
    let goesFar = farTries > 0 || unopened % Self.farInterval == 0
    var tries = 0
    for index in Array((0..<oldest).reversed()) + Array(begun..<epochs.count) where index != last {
      guard tries < Self.nearest || goesFar else { break }
      tries += 1
      if let outcome = attempt(index, frame, into: &output) {
        return found(outcome, by: index, at: time)
      }
    }
    farTries = max(farTries - max(tries - Self.nearest, 0), 0)
    unopened += 1
    let isExpected = oldest < begun && time >= begins[connection] ?? .max
    return isExpected ? .badTag : .noEpoch
  }

  /// Tries one key; nil when the frame is not of it.
  private func attempt(
    _ index: Int, _ frame: Span<UInt8>, into output: inout [UInt8]
  ) -> Outcome? {
    let wasReady = epochs[index].isReady
    let outcome = epochs[index].open(frame, into: &output)
    if outcome == .opened { return .opened }
    defer { if !wasReady { epochs[index].release() } }
    // A counter that was used means nothing by itself: those of all epochs begin at 1.
    return outcome == .replay && epochs[index].isAuthentic(frame) ? .replay : nil
  }

  private func found(_ outcome: Outcome, by index: Int, at time: Int64) -> Outcome {
    guard outcome == .opened else { return outcome }
    last = index
    ready.removeAll { $0 == index }
    ready.append(index)
    trim(at: time)
    return .opened
  }

  /// Gives back the ratchets whose time is over.
  private func trim(at time: Int64) {
    guard ready.count > Self.kept else { return }
    for index in ready.dropLast(Self.kept) where epochs[index].closes < time {
      epochs[index].release()
    }
    ready.removeAll { !epochs[$0].isReady }
  }
}
