import Foundation
import SystemPackage
import Testing

@testable import tapedeck

@Suite struct ExportCommandTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  /// A render of a short capture.
  private func makeRender() throws -> String {
    let capture = sandbox("capture").string
    let tracks = sandbox("tracks").string
    let simulated = try Tool.run(
      [
        "simulate", "capture", "--scenario", "non-stop", "--out", capture, "--duration", "4s",
        "--speakers", "2", "--dummy",
        "--no-truth",
      ], keys: sandbox("keys"))
    try #require(simulated.status == 0, "\(simulated.errors)")
    let rendered = try Tool.run(["render", capture, "--out", tracks], keys: sandbox("keys"))
    try #require(rendered.status == 0, "\(rendered.errors)")
    return tracks
  }

  private func export(_ arguments: [String], input: String? = nil) throws -> Tool.Result {
    try Tool.run(
      ["export", "--out", sandbox("out").string, "--status", "json"] + arguments, input: input)
  }

  @Test func aRenderBecomesACorpus() throws {
    let tracks = try makeRender()
    let result = try export(["--format", "kaldi", "--include-bots", "--list", "-"], input: tracks)
    #expect(result.status == 0, "\(result.errors)")
    let last = try #require(result.events.last)
    #expect(last["event"] as? String == "done" && last["exit"] as? Int == 0)
    #expect(last["sessions"] as? Int == 1 && last["new"] as? Bool == true)
    #expect((last["tracks"] as? Int ?? 0) > 0)
    #expect(sandbox.names("out").contains("wav.scp"))
    let again = try export(["--format", "kaldi", "--include-bots", tracks])
    #expect(again.status == 0 && again.events.last?["new"] as? Bool == false)
    let other = try export(["--format", "rttm", "--include-bots", tracks])
    #expect(other.status == 64 && other.errors.contains("--force"))
    #expect(other.events.last?["exit"] as? Int == 64)
    let forced = try export([
      "--format", "rttm", "--include-bots", "--force", "--min-speech", "100s", tracks,
    ])
    #expect(forced.status == 0 && forced.events.last?["tracks"] as? Int == 0)
    #expect(forced.errors.contains("with too little speech"))
  }

  @Test(
    arguments: [
      (["--format", "kaldi", "nothing"], 66), (["--format", "kaldi"], 64),
      (["--format", "excel", "nothing"], 64), (["nothing"], 64),
      (["--format", "kaldi", "--max-loss", "101", "nothing"], 64),
      (["--format", "kaldi", "--parts", "a=1", "nothing"], 64),
      (["--format", "kaldi", "--split", "speaker", "--parts", "a", "nothing"], 64),
      (["--format", "kaldi", "--pseudonyms", "/nonexistent", "nothing"], 66),
      (["--format", "kaldi", "--list", "/nonexistent"], 66),
    ] as [([String], Int32)])
  func whatCannotBeExportedHasItsExitCode(_ arguments: [String], _ status: Int32) throws {
    let result = try export(arguments)
    #expect(result.status == status, "\(result.errors)")
    #expect(!result.errors.isEmpty && sandbox.names("out").isEmpty)
  }
}
