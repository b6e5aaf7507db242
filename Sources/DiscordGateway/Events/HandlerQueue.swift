internal import Logging
internal import Synchronization

/// The handlers of one kind of event: event after event, and for each event handler after handler in
/// the order of their registration. An error of one does not keep the others from running.
final class HandlerQueue: Sendable {
  typealias Handler = @Sendable (GatewayEvent, SessionDispatch) async throws -> Void

  let name: String
  private let buffer: EventBuffer<(GatewayEvent, SessionDispatch)>
  private let handlers = Mutex<[(number: Int, handler: Handler)]>([])

  init(name: String, limit: Int) {
    self.name = name
    buffer = EventBuffer(countLimit: limit)
  }

  var isEmpty: Bool { handlers.withLock(\.isEmpty) }

  func add(_ number: Int, _ handler: @escaping Handler) {
    handlers.withLock { $0.append((number, handler)) }
  }

  func remove(_ number: Int) {
    handlers.withLock { $0.removeAll { $0.number == number } }
  }

  func append(_ event: GatewayEvent, _ dispatch: SessionDispatch) -> Bool {
    buffer.append((event, dispatch), size: dispatch.size)
  }

  func finish() { buffer.finish() }

  /// Runs the handlers until the end, or until the task is cancelled.
  func run(onError: @Sendable (any Error, String) -> Void) async {
    while let item = await buffer.next() {
      // What was missed is counted and logged by the hub.
      guard case .element(let (event, dispatch)) = item else { continue }
      for (number, _) in handlers.withLock({ $0 }) {
        // Taken out meanwhile, perhaps by a handler of this event?
        guard let handler = handlers.withLock({ $0.first { $0.number == number }?.handler }) else {
          continue
        }
        do {
          try await handler(event, dispatch)
        } catch {
          onError(error, name)
        }
      }
    }
  }
}
