/// A registered handler; it stays registered whether or not this is kept.
public struct GatewayHandler: Sendable {
  let remove: @Sendable () -> Void

  /// Takes the handler out: it gets no further events.
  public func cancel() { remove() }
}
