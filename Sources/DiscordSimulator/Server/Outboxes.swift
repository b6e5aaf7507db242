internal import WebSocket

/// What one WebSocket of a simulated server is to do, in this order.
enum OutboxTask: Sendable {
  case send(WebSocketMessage)
  case pause(Duration)
  case close(UInt16, String)
  case reset
  /// The state machine neither reads nor sends any more; the connection stays open.
  case silence
}

/// Where the WebSockets of a server take what they are to do.
struct Outboxes: Sendable {
  private struct Outbox {
    var tasks: AsyncStream<OutboxTask>.Continuation
    var abort: @Sendable () -> Void
  }

  private var outboxes: [UInt64: Outbox] = [:]
  private var count: UInt64 = 0

  /// A connection that is served from now on.
  ///
  /// - Parameters:
  ///   - limit: Tasks that may wait.
  ///   - abort: Resets the connection, at once and without waiting.
  /// - Returns: its number, and what it is to do.
  mutating func add(
    limit: Int, abort: @escaping @Sendable () -> Void
  ) -> (id: UInt64, tasks: AsyncStream<OutboxTask>) {
    let (tasks, continuation) = AsyncStream.makeStream(
      of: OutboxTask.self, bufferingPolicy: .bufferingOldest(max(limit, 1)))
    count += 1
    outboxes[count] = Outbox(tasks: continuation, abort: abort)
    return (count, tasks)
  }

  mutating func remove(_ connection: UInt64) {
    outboxes.removeValue(forKey: connection)?.tasks.finish()
  }

  /// A client that does not read is cut off when its outbox is full.
  func put(_ task: OutboxTask, for connection: UInt64) {
    guard let outbox = outboxes[connection] else { return }
    if case .dropped = outbox.tasks.yield(task) { outbox.abort() }
  }
}

extension DiscordSimulator {
  /// Does what a connection's outbox holds, until that is finished or the connection gone.
  func perform(_ tasks: AsyncStream<OutboxTask>, on connection: WebSocketConnection) async {
    for await task in tasks {
      do {
        switch task {
        case .send(let message): try await connection.send(message)
        case .pause(let length): try await clock.sleep(for: length)
        case .close(let code, let reason): await connection.close(code: code, reason: reason)
        case .reset: connection.abort()
        case .silence: break
        }
      } catch {
        return
      }
    }
  }
}
