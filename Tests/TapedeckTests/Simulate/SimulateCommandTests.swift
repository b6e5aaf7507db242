internal import Foundation
internal import SystemPackage
internal import Testing

@Suite("tapedeck simulate and demo")
struct SimulateCommandTests {
  @Test("a capture appears with its truth, and a key is made when there is none")
  func capture() throws {
    let sandbox = try Sandbox()
    let result = try Tool.run(
      [
        "simulate", "capture", "--out", sandbox("capture").string, "--dummy", "--scenario", "clean",
        "--duration", "20s", "--status", "json",
      ], keys: sandbox("keys"))
    #expect(result.status == 0)
    #expect(sandbox.names("capture").contains("segment-000000.pcapng"))
    #expect(sandbox.names().contains("capture.truth.jsonl"))
    #expect(sandbox.names("keys").count { $0.hasSuffix(".key") } == 1)
    #expect(result.output.contains(#""event":"done""#))
  }

  @Test("the same seed gives the same truth and packets, another seed others")
  func seeds() throws {
    let sandbox = try Sandbox()
    func truth(_ name: String, seed: String) throws -> String {
      let result = try Tool.run(
        [
          "simulate", "capture", "--out", sandbox(name).string, "--dummy", "--mode", "none",
          "--scenario", "reorder", "--seed", seed,
        ], keys: sandbox("keys"))
      try #require(result.status == 0)
      return try sandbox.read(name + ".truth.jsonl")
    }
    let first = try truth("a", seed: "5")
    #expect(try truth("b", seed: "5") == first)
    #expect(try truth("c", seed: "6") != first)
    #expect(try sandbox.contents("a") == sandbox.contents("b"))
    // Nothing is encrypted, so no key is needed.
    #expect(!sandbox.names().contains("keys"))
  }

  @Test(
    "what cannot be made has its exit code, and leaves nothing behind",
    arguments: [
      (["--scenario", "nonsense"], 64), (["--duration", "soon"], 64), (["--loss", "200"], 64),
      (["--speakers", "0"], 64), (["--speech", "/nonexistent/voice.wav"], 66),
      (["--speech", "/proc/self/status"], 65), (["--recipient", "/nonexistent/key.pub"], 66),
    ] as [([String], Int32)])
  func failures(arguments: [String], status: Int32) throws {
    let sandbox = try Sandbox()
    let result = try Tool.run(
      ["simulate", "capture", "--out", sandbox("capture").string] + arguments,
      keys: sandbox("keys"))
    #expect(result.status == status)
    #expect(!sandbox.names().contains("capture"))
  }

  @Test("a folder that holds something is left alone")
  func occupied() throws {
    let sandbox = try Sandbox()
    try FileManager.default.createDirectory(
      atPath: sandbox("capture").string, withIntermediateDirectories: false)
    try sandbox.write("mine", to: "capture/note")
    let result = try Tool.run(
      ["simulate", "capture", "--out", sandbox("capture").string, "--dummy"],
      keys: sandbox("keys"))
    #expect(result.status == 64)
    #expect(sandbox.names("capture") == ["note"])
  }

  @Test("the demo measures what it renders")
  func demo() throws {
    let sandbox = try Sandbox()
    let result = try Tool.run(
      ["demo", "--scenario", "conversation", "--out", sandbox("demo").string, "--duration", "12s"],
      keys: sandbox("keys"))
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("Alignment error in ms"))
    #expect(result.output.contains("captured"))
    #expect(sandbox.names("demo/tracks").contains("manifest.json"))
    #expect(!sandbox.names().contains("keys"))
    let again = try Tool.run(
      ["demo", "--out", sandbox("demo").string], keys: sandbox("keys"))
    #expect(again.status == 64)
  }

  @Test("the demo records over sockets", .timeLimit(.minutes(3)))
  func liveDemo() async throws {
    let sandbox = try Sandbox()
    let running = try Tool.Running(
      ["demo", "--out", sandbox("demo").string, "--duration", "14s"], keys: sandbox("keys"))
    let result = await running.finished()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("Who said when:"))
    for name in ["Alice", "Bobby", "carol"] { #expect(result.output.contains(name)) }
    #expect(sandbox.names("demo/tracks").filter { $0.hasSuffix(".wav") }.count == 3)
    #expect(!sandbox.names().contains("keys"))
  }
}
