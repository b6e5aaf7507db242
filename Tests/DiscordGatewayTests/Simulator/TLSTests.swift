import DiscordGateway
import DiscordREST
import DiscordSimulator
import TestSupport
import Testing

/// `wss`, with an authority of the test's own.
@Suite("Gateway over TLS", .timeLimit(.minutes(2))) struct TLSTests {
  @Test func theAuthorityOfTheFileIsTrustedAlsoWhenResuming() async throws {
    let certificates = try TestCertificates()
    let folder = try TemporaryFolder()
    let file = try folder.write(certificates.authority, to: "ca.pem")
    let bench = try await SimulatorBench(
      factor: 20, certificates: certificates, trustRootsFile: "\(file)")
    #expect(bench.client.configuration.url?.hasPrefix("wss://") == true)
    let events = bench.client.events
    try await bench.client.start()
    await bench.client.reconnect(resume: true)
    bench.simulator.post(as: bench.ids.bob, in: bench.ids.general, "over TLS")
    var names: [String] = []
    for await event in events {
      switch event {
      case .resumed: names.append("resumed")
      case .messageCreate: names.append("message")
      default: break
      }
      if names.count == 2 { break }
    }
    #expect(Set(names) == ["resumed", "message"])
    #expect(bench.client.statistics.identifies == 1)
    await bench.stop()
    #expect(!bench.log.text.contains(bench.ids.botToken))
  }

  @Test func anAuthorityOfNobodysIsNotAndNoTokenIsSent() async throws {
    let bench = try await SimulatorBench(factor: 20, certificates: try TestCertificates())
    let starting = Task { try await bench.client.start() }
    while bench.client.statistics.reconnects < 2 { try await bench.clock.sleep(for: .seconds(1)) }
    #expect(bench.client.statistics.identifies == 0)
    #expect(bench.log.text.contains("not signed by a trusted authority"))
    await bench.client.stop()
    await #expect(throws: GatewayError.self) { try await starting.value }
    await bench.simulator.stop()
  }
}
