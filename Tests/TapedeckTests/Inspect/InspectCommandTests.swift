import Foundation
import SystemPackage
import Testing

@testable import tapedeck

@Suite struct InspectCommandTests {
  private func inspect(_ arguments: [String] = [], keys: FilePath? = nil) throws -> Tool.Result {
    try Tool.run(["inspect", try Samples.capture()] + arguments, keys: keys)
  }

  @Test func theTableFitsEightyColumns() throws {
    let result = try inspect(keys: try Samples.keys())
    #expect(result.status == 0, "\(result.errors)")
    for line in result.output.split(separator: "\n") {
      #expect(Terminal.columns(String(line)) <= 80)
    }
    #expect(result.output.contains("ada") && result.output.contains("end-to-end (DAVE 1)"))
    // One line of the timeline for each speaker.
    #expect(result.output.split(separator: "\n").filter { $0.contains("█") }.count == 3)
  }

  @Test func withoutAKeyOnlyTheNamesAreMissing() throws {
    let result = try inspect(["--json"])
    #expect(result.status == 0, "\(result.errors)")
    let object = try #require(result.events.first)
    let speakers = try #require(object["speakers"] as? [[String: Any]])
    #expect(speakers.count == 3 && object["keys"] as? Bool == false)
    let named = try #require(try inspect(["--json"], keys: try Samples.keys()).events.first)
    let others = try #require(named["speakers"] as? [[String: Any]])
    for (speaker, other) in zip(speakers, others) {
      #expect((speaker["names"] as? [String: Any])?["username"] is NSNull)
      #expect((other["names"] as? [String: Any])?["username"] is String)
      for field in ["packets", "missing", "gaps", "jitter_ms", "talk_seconds", "loss"] {
        let one = try #require(speaker[field] as? Double)
        #expect(one == other[field] as? Double && one > 0, "\(field)")
      }
    }
  }

  @Test func whatIsTooShortHasNoDrift() throws {
    let sandbox = try Sandbox()
    for (name, length) in [("short", "15s"), ("long", "60s")] {
      let made = try Tool.run(
        [
          "simulate", "capture", "--out", sandbox(name).string, "--duration", length,
          "--speakers", "1", "--scenario", "non-stop", "--ppm", "80", "--dummy",
        ], keys: sandbox("keys"))
      #expect(made.status == 0, "\(made.errors)")
    }
    func drift(_ name: String) throws -> (json: Any?, table: String) {
      let object = try #require(
        try Tool.run(["inspect", "--json", sandbox(name).string]).events.first)
      let speakers = try #require(object["speakers"] as? [[String: Any]])
      return (
        speakers.first?["ppm"], try Tool.run(["inspect", sandbox(name).string]).output
      )
    }
    let short = try drift("short")
    #expect(short.json is NSNull)
    #expect(!short.table.contains("ppm") && short.table.contains(" - "))
    let long = try drift("long")
    #expect(abs((long.json as? Double ?? 0) - 80) < 5)
    #expect(long.table.contains(" ppm"))
  }

  @Test func theLossesAreThoseOfTheTruth() throws {
    // `render` counts the same packets another way.
    let sandbox = try Sandbox()
    let render = try Tool.run(
      ["render", try Samples.capture(), "--out", sandbox("out").string, "--status", "json"],
      keys: try Samples.keys())
    let done = try #require(render.events.last)
    let object = try #require(try inspect(["--json"]).events.first)
    let speakers = try #require(object["speakers"] as? [[String: Any]])
    #expect(speakers.reduce(0) { $0 + ($1["missing"] as? Int ?? 0) } == done["lost"] as? Int)
    #expect(speakers.reduce(0) { $0 + ($1["packets"] as? Int ?? 0) } == done["packets"] as? Int)
  }

  @Test func whatIsNoCapture() throws {
    #expect(try Tool.run(["inspect", "/nonexistent"]).status == 66)
    #expect(try Tool.run(["inspect", "/"]).status == 65)
    #expect(try Tool.run(["inspect"]).status == 64)
  }
}
