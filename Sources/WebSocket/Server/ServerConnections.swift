internal import NIOCore
internal import Synchronization

/// The open connections of a server, so that they can be stopped with it.
final class ServerConnections: Sendable {
  private struct Entry {
    let channel: any Channel
    /// Ends it politely; on the channel's event loop.
    let stop: @Sendable () -> Void
  }

  private struct State {
    var entries: [ObjectIdentifier: Entry] = [:]
    var isStopping = false
  }

  private let state = Mutex(State())

  /// How many there are.
  var count: Int { state.withLock(\.entries.count) }

  /// Adds a connection until it is closed; false if the server is stopping.
  func add(_ channel: any Channel, stop: @escaping @Sendable () -> Void) -> Bool {
    let id = ObjectIdentifier(channel)
    let isAdded = state.withLock { state in
      guard !state.isStopping else { return false }
      state.entries[id] = Entry(channel: channel, stop: stop)
      return true
    }
    if isAdded {
      channel.closeFuture.whenComplete { [self] _ in
        state.withLock { _ = $0.entries.removeValue(forKey: id) }
      }
    }
    return isAdded
  }

  /// Stops all politely, those left after `timeout` at once; returns when all are closed.
  func stop(after timeout: TimeAmount) async {
    let entries = state.withLock { state in
      state.isStopping = true
      return Array(state.entries.values)
    }
    // All at once: one after another, each silent peer would take the time-out anew. The loops
    // outlive their channels.
    let timers = entries.map { entry in
      entry.channel.eventLoop.scheduleTask(in: timeout) { entry.channel.close(promise: nil) }
    }
    for entry in entries { entry.channel.eventLoop.execute(entry.stop) }
    for (entry, timer) in zip(entries, timers) {
      try? await entry.channel.closeFuture.get()
      timer.cancel()
    }
  }
}
