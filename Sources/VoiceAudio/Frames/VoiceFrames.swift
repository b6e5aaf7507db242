/// The Opus frames of a voice channel, from the moment this was asked for.
///
/// Each has its own queue. When its reader is slow the oldest frames go, and ``dropped`` counts them;
/// the sequence ends with the stay, or when the reading task is cancelled. It has one reader.
public struct VoiceFrames: AsyncSequence, Sendable {
  let subscription: FrameSubscription

  /// Frames that a slow reader has lost so far.
  public var dropped: Int { subscription.queue.dropped }

  /// Reads the frames one by one.
  public struct Iterator: AsyncIteratorProtocol {
    let subscription: FrameSubscription

    /// The next frame; nil at the end.
    public mutating func next() async -> VoiceFrame? { await subscription.queue.next() }
  }

  /// The reader.
  public func makeAsyncIterator() -> Iterator { Iterator(subscription: subscription) }
}

/// Ends a subscription when nobody holds it any more.
final class FrameSubscription: Sendable {
  let queue: BoundedQueue<VoiceFrame>
  private let end: @Sendable () -> Void

  init(queue: BoundedQueue<VoiceFrame>, end: @escaping @Sendable () -> Void) {
    self.queue = queue
    self.end = end
  }

  deinit { end() }
}
