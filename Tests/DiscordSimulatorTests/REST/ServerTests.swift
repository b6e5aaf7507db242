import AsyncHTTPClient
import DiscordSimulator
import JSONValues
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@Suite("The simulator on a port")
struct ServerTests {
  private let ids: World.Sample
  private let simulator: DiscordSimulator

  init() {
    let (world, ids) = World.sample(now: Scene.start)
    self.ids = ids
    simulator = DiscordSimulator(
      world: world, clock: SimulatorClock(ManualClock(), start: Scene.start))
  }

  private func get(_ url: String) async throws -> (HTTPClientResponse, [UInt8]) {
    var request = HTTPClientRequest(url: url)
    request.headers.add(name: "Authorization", value: "Bot \(ids.botToken)")
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    return (response, Array(try await response.body.collect(upTo: 1 << 20).readableBytesView))
  }

  @Test("Calls, and files where the messages say that they are")
  func callsAndFiles() async throws {
    let addresses = try await simulator.start()
    let path = "\(addresses.apiBase)/channels/\(ids.general)/messages?limit=50"
    let (response, body) = try await get(path)
    #expect(response.status == .ok)
    #expect(response.headers["Content-Type"] == ["application/json"])
    #expect(response.headers["Date"] == ["Tue, 24 Nov 2026 09:00:00 GMT"])
    #expect(response.headers["X-RateLimit-Remaining"] == ["19"])
    let messages = try JSONValue(parsing: body).array ?? []
    let files = messages.compactMap { $0["attachments"]?[0]?["url"]?.string }
    let url = try #require(files.first)
    let (file, bytes) = try await get(url)
    #expect(file.headers["Content-Type"] == ["image/png"])
    #expect(bytes.starts(with: [137, 80, 78, 71]))
    await simulator.stop()
  }

  @Test("Connections break where the faults say so")
  func faults() async throws {
    let addresses = try await simulator.start()
    let url = "\(addresses.apiBase)/users/@me"
    simulator.inject(Fault(.reset))
    await #expect(throws: (any Error).self) { try await get(url) }
    simulator.inject(Fault(.truncated(10)))
    await #expect(throws: (any Error).self) { try await get(url) }
    let (response, _) = try await get(url)
    #expect(response.status == .ok)
    #expect(simulator.requests.map(\.status) == [nil, 200, 200])
    await simulator.stop()
  }
}
