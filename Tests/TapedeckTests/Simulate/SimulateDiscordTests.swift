internal import Foundation
internal import Testing

@Suite("tapedeck simulate discord")
struct SimulateDiscordTests {
  @Test("it serves the sample guild until a signal, and ends with 0")
  func serves() throws {
    let server = try Tool.Running(
      ["simulate", "discord", "--rate-limits", "off", "--status", "json"], keys: nil)
    server.waitForOutput("\n")
    kill(server.process.processIdentifier, SIGTERM)
    let result = server.finish()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.events.map { $0["event"] as? String } == ["start", "done"])
    #expect((result.events.first?["ids"] as? [String: String])?["guild"] != nil)
    #expect(result.events.last?["exit"] as? Int == 0)
  }

  @Test(
    "arguments that do not fit",
    arguments: [
      ["--rate-limits", "some"], ["--tls-key", "key.pem"], ["--json", "--status", "json"],
      ["--port", "70000"],
    ])
  func usage(_ arguments: [String]) throws {
    #expect(try Tool.run(["simulate", "discord"] + arguments).status == 64)
  }
}
