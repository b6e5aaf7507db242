internal import DiscordREST
internal import Logging
internal import Synchronization

/// Passes events on to subscriptions and handlers; never waits for them.
final class EventHub: Sendable {
  private struct State {
    var subscriptions: [Int: EventBuffer<GatewayEvent>] = [:]
    var queues: [String: HandlerQueue] = [:]
    var number = 0
    var missed = 0
    var hasEnded = false
  }

  private let state = Mutex(State())
  private let bufferLimit: Int
  private let logger: Logger
  /// The queues of handlers, each once, for the task group that runs them.
  let queues: AsyncStream<HandlerQueue>
  private let newQueue: AsyncStream<HandlerQueue>.Continuation

  init(bufferLimit: Int, logger: Logger) {
    self.bufferLimit = bufferLimit
    self.logger = logger
    (queues, newQueue) = AsyncStream.makeStream()
  }

  /// How many events were dropped because a subscriber or handler was too slow.
  var missed: Int { state.withLock(\.missed) }

  func subscribe() -> GatewayEvents {
    let buffer = EventBuffer<GatewayEvent>(countLimit: bufferLimit)
    let number = state.withLock { state in
      state.number += 1
      if !state.hasEnded { state.subscriptions[state.number] = buffer }
      return state.number
    }
    if state.withLock(\.hasEnded) { buffer.finish() }
    return GatewayEvents(
      subscription: .init(buffer: buffer) { [weak self] in self?.unsubscribe(number) })
  }

  private func unsubscribe(_ number: Int) {
    // The buffer goes outside the lock: it may be large.
    _ = state.withLock { $0.subscriptions.removeValue(forKey: number) }
  }

  func add(_ names: [String], _ handler: @escaping HandlerQueue.Handler) -> GatewayHandler {
    let number = state.withLock { state in
      state.number += 1
      for name in names {
        let queue = state.queues[name] ?? HandlerQueue(name: name, limit: bufferLimit)
        queue.add(state.number, handler)
        if state.queues.updateValue(queue, forKey: name) == nil { newQueue.yield(queue) }
      }
      return state.number
    }
    return GatewayHandler { [weak self] in
      guard let self else { return }
      state.withLock { state in for name in names { state.queues[name]?.remove(number) } }
    }
  }

  func dispatch(_ dispatch: SessionDispatch, client: DiscordClient) {
    let (subscriptions, queue) = state.withLock { state in
      (Array(state.subscriptions.values), state.queues[dispatch.name])
    }
    guard !subscriptions.isEmpty || queue?.isEmpty == false else { return }
    let event = GatewayEvent(dispatch, client: client)
    if case .unknown = event, Self.isTyped(dispatch.name) {
      logger.debug(
        "An event lacks a field that it should have", metadata: ["event": "\(dispatch.name)"])
    }
    var dropped = 0
    for subscription in subscriptions where !subscription.append(event, size: dispatch.size) {
      dropped += 1
    }
    if let queue, !queue.isEmpty, !queue.append(event, dispatch) { dropped += 1 }
    if dropped > 0 { missed(dropped, dispatch.name) }
  }

  private func missed(_ count: Int, _ name: String) {
    let (before, after) = state.withLock { state in
      let before = state.missed
      state.missed += count
      return (before, state.missed)
    }
    // The first, and then one line in a thousand.
    if before == 0 || before / 1000 != after / 1000 {
      logger.warning(
        "Events are dropped: a subscriber or handler is too slow",
        metadata: ["event": "\(name)", "dropped": "\(after)"])
    }
  }

  /// Lets everybody have what is there, and then the end.
  func finish() {
    let (subscriptions, queues) = state.withLock { state in
      state.hasEnded = true
      return (Array(state.subscriptions.values), Array(state.queues.values))
    }
    for subscription in subscriptions { subscription.finish() }
    for queue in queues { queue.finish() }
    newQueue.finish()
  }

  private static func isTyped(_ name: String) -> Bool {
    switch name {
    case "READY", "GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE", "CHANNEL_CREATE",
      "CHANNEL_UPDATE", "CHANNEL_DELETE", "THREAD_CREATE", "THREAD_UPDATE", "THREAD_DELETE",
      "GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE", "MESSAGE_CREATE",
      "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK", "VOICE_STATE_UPDATE",
      "VOICE_SERVER_UPDATE", "INTERACTION_CREATE", "GUILD_SCHEDULED_EVENT_CREATE",
      "GUILD_SCHEDULED_EVENT_UPDATE", "GUILD_SCHEDULED_EVENT_DELETE":
      true
    default: false
    }
  }
}
