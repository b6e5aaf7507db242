/// A subscription to what the gateway tells, from the moment it was made.
///
/// Each subscription has its own queue, of ``GatewayConfiguration/eventBufferLimit`` events and
/// 64 MiB. What a slow reader leaves no place for is dropped, and ``GatewayEvent/missed(_:)`` stands
/// in its place. The sequence ends when the client is stopped or fails (``GatewayClient/failure``),
/// or when the reading task is cancelled. It has one reader.
public struct GatewayEvents: AsyncSequence, Sendable {
  /// Ends the subscription when nobody holds it any more.
  final class Subscription: Sendable {
    let buffer: EventBuffer<GatewayEvent>
    private let end: @Sendable () -> Void

    init(buffer: EventBuffer<GatewayEvent>, end: @escaping @Sendable () -> Void) {
      self.buffer = buffer
      self.end = end
    }

    deinit { end() }
  }

  let subscription: Subscription

  /// Reads the events one by one.
  public struct Iterator: AsyncIteratorProtocol {
    let subscription: Subscription

    /// The next event; nil at the end.
    public mutating func next() async -> GatewayEvent? {
      switch await subscription.buffer.next() {
      case .element(let event)?: event
      case .missed(let count)?: .missed(count)
      case nil: nil
      }
    }
  }

  /// The subscription's reader.
  public func makeAsyncIterator() -> Iterator { Iterator(subscription: subscription) }
}
