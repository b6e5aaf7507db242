internal import NIOCore
internal import NIOEmbedded
internal import Synchronization
internal import Testing

@testable internal import WebSocket

@Suite("Stopping the connections of a server", .timeLimit(.minutes(1)))
struct ServerConnectionsTests {
  @Test("Silent peers are waited for together: all are closed after one time-out")
  func together() async throws {
    let connections = ServerConnections()
    let asked = Mutex(0)
    let channels = (0..<3).map { _ in NIOAsyncTestingChannel() }
    for channel in channels {
      #expect(connections.add(channel) { asked.withLock { $0 += 1 } })
    }
    let stopping = Task { await connections.stop(after: .seconds(5)) }
    while asked.withLock({ $0 }) < 3 {
      for channel in channels { await channel.testingEventLoop.run() }
      await Task.yield()
    }
    for channel in channels { await channel.testingEventLoop.advanceTime(by: .seconds(5)) }
    await stopping.value
    #expect(connections.count == 0)
    #expect(!connections.add(channels[0]) {})
  }
}
