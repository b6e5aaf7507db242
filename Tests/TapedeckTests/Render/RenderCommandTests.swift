import Foundation
import Render
import SystemPackage
import Testing

@Suite struct RenderCommandTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  private func render(
    _ arguments: [String] = [], to out: String = "out", capture: String? = nil,
    keys: FilePath? = nil
  ) throws -> Tool.Result {
    try Tool.run(
      ["render", try capture ?? Samples.capture(), "--out", sandbox(out).string] + arguments,
      keys: try keys ?? Samples.keys())
  }

  private func manifest(_ folder: String = "out") throws -> Manifest {
    try Manifest(contentsOf: sandbox(folder))
  }

  // MARK: One capture

  @Test func aCaptureBecomesTracks() throws {
    let result = try render()
    #expect(result.status == 0, "\(result.errors)")
    let manifest = try manifest()
    #expect(manifest.speakers.count == 3 && manifest.capture.complete)
    #expect(manifest.session.samples == 480_000)
    let files = manifest.speakers.map(\.file)
    #expect(
      sandbox.names("out")
        == (files + ["done.json", "gaps.jsonl", "manifest.json", "spurts.jsonl"]).sorted())
    for speaker in manifest.speakers {
      #expect(speaker.packets.isBalanced && speaker.frames.isBalanced)
      #expect(speaker.packets.placed > 0 && speaker.speechSamples > 16_000)
      #expect(speaker.names.username != nil)
      let size = try Data(contentsOf: URL(fileURLWithPath: sandbox("out/\(speaker.file)").string))
        .count
      #expect(size == 44 + 2 * 480_000)
    }
    #expect(sandbox.names() == ["out"])
  }

  @Test func theBytesDoNotDependOnTheJobs() throws {
    for jobs in 1...3 {
      let result = try render(["--jobs", "\(jobs)", "--mix", "--loudness"], to: "jobs\(jobs)")
      #expect(result.status == 0, "\(result.errors)")
    }
    let one = try sandbox.contents("jobs1")
    #expect(one.count == 8)
    #expect(try sandbox.contents("jobs2") == one)
    #expect(try sandbox.contents("jobs3") == one)
  }

  @Test func theSpurtsAreWhatTheDigestIsOver() throws {
    #expect(try render().status == 0)
    let script = """
      import hashlib, json, struct, sys
      folder = sys.argv[1]
      speakers = {s["id"]: s for s in json.load(open(folder + "/manifest.json"))["speakers"]}
      hashes = {i: hashlib.sha256() for i in speakers}
      spurts = {i: 0 for i in speakers}
      for line in open(folder + "/spurts.jsonl"):
          spurt = json.loads(line)
          i, offset, length = spurt["speaker"], 2 * spurt["start"], 2 * (spurt["end"] - spurt["start"])
          with open(folder + "/" + speakers[i]["file"], "rb") as f:
              f.seek(44 + offset)
              data = f.read(length)
          assert len(data) == length
          hashes[i].update(struct.pack("<QQ", offset, length) + data)
          spurts[i] += 1
      for i, s in speakers.items():
          assert hashes[i].hexdigest() == s["sha256"], i
          assert spurts[i] == s["spurts"], i
          with open(folder + "/" + s["file"], "rb") as f:
              assert f.read(4) == b"RIFF"
      """
    try Python.run(script, [sandbox("out").string])
  }

  @Test func theManifestFitsItsSchema() throws {
    try #require(try render(["--mix", "--loudness"]).status == 0)
    let schema = try Tool.run(["schema", "manifest"])
    #expect(schema.status == 0)
    try sandbox.write(schema.output, to: "schema.json")
    guard Python.has("jsonschema") else {
      print("python3-jsonschema is not installed: the manifest is not validated")
      return
    }
    let script = """
      import copy, json, sys, jsonschema
      schema, manifest = (json.load(open(p)) for p in sys.argv[1:])
      jsonschema.Draft202012Validator.check_schema(schema)
      validator = jsonschema.Draft202012Validator(schema)
      validator.validate(manifest)
      # The schema can fail: each of these is refused.
      for path, value in [(["speakers", 0, "samples"], 1.5), (["speakers", 0, "id"], "../x"),
                          (["schema"], "x"), (["extra"], 1), (["capture", "digest"], "0")]:
          bad = copy.deepcopy(manifest)
          at = bad
          for step in path[:-1]:
              at = at[step]
          at[path[-1]] = value
          assert not validator.is_valid(bad), path
      """
    try Python.run(script, [sandbox("schema.json").string, sandbox("out/manifest.json").string])
  }

  @Test(arguments: [
    ["--rate", "48000"], ["--rate", "8000", "--resampler", "decoder"], ["--format", "flac"],
    ["--resampler", "medium"], ["--resampler", "samplerate-best"], ["--digest", "file"],
  ])
  func everyOptionRenders(options: [String]) throws {
    let result = try render(options)
    #expect(result.status == 0, "\(result.errors)")
    let manifest = try manifest()
    let rate = options.first == "--rate" ? try #require(Int(options[1])) : 16_000
    #expect(manifest.sampleRate == rate && manifest.session.samples == Int64(rate) * 30)
    #expect(manifest.speakers.allSatisfy { $0.speechSamples > Int64(rate) })
  }

  @Test func onePartOfOneSpeaker() throws {
    #expect(try render().status == 0)
    let whole = try manifest()
    let id = whole.speakers[1].id
    let result = try render(
      ["--speakers", "\(id),5", "--from", "00:00:05", "--to", "2026-11-24T09:00:12Z"], to: "part")
    #expect(result.status == 0, "\(result.errors)")
    let part = try manifest("part")
    #expect(part.speakers.map(\.id) == [id] && part.session.samples == 80_000)
    #expect(part.session.start == "2026-11-24T09:00:07.000Z")
    #expect(part.warnings.contains { $0.code == .unknownSpeaker })
    #expect(part.speakers[0].packets.excluded > 0 && part.speakers[0].packets.isBalanced)
    #expect(part.speakers[0].packets.captured == whole.speakers[1].packets.captured)
  }

  // MARK: The folder

  @Test func aFinishedRenderIsSkipped() throws {
    #expect(try render().status == 0)
    let before = try sandbox.contents("out")
    // Also without a key: there is nothing to open.
    let again = try render(["--status", "json"], keys: FilePath("/nonexistent"))
    #expect(again.status == 0)
    #expect(again.events.last?["event"] as? String == "skip")
    #expect(again.events.last?["exit"] as? Int == 0)
    #expect(try sandbox.contents("out") == before)
  }

  @Test func otherParametersNeedForce() throws {
    #expect(try render().status == 0)
    let refused = try render(["--rate", "8000"])
    #expect(refused.status == 64 && refused.errors.contains("--force"))
    #expect(try manifest().sampleRate == 16_000)
    try sandbox.write("kept", to: "out/transcript.txt")
    #expect(try render(["--rate", "8000", "--force"]).status == 0)
    #expect(try manifest().sampleRate == 8_000)
    #expect(try sandbox.read("out/transcript.txt") == "kept")
    #expect(sandbox.names() == ["out"])
  }

  @Test func anEmptyFolderIsTakenAndAnotherIsNot() throws {
    try FileManager.default.createDirectory(
      atPath: sandbox("out").string, withIntermediateDirectories: true)
    #expect(try render().status == 0)
    try FileManager.default.createDirectory(
      atPath: sandbox("full").string, withIntermediateDirectories: true)
    try sandbox.write("mine", to: "full/notes")
    #expect(try render(to: "full").status == 64)
    #expect(try render(["--force"], to: "full").status == 64)
    #expect(sandbox.names("full") == ["notes"])
  }

  // MARK: What is missing or bad

  @Test func withoutTheKeyNothingIsWritten() throws {
    let missing = try render(keys: FilePath("/nonexistent"))
    #expect(missing.status == 66 && missing.errors.contains("--key"))
    let wrong = try render(["--key", Samples.keyFile(in: Samples.wrongKeys())])
    #expect(wrong.status == 65, "\(wrong.errors)")
    let absent = try render(["--key", sandbox("absent.key").string])
    #expect(absent.status == 66)
    try sandbox.write("no key", to: "bad.key")
    #expect(try render(["--key", sandbox("bad.key").string]).status == 65)
    #expect(sandbox.names() == ["bad.key"])
  }

  /// Silent tracks would look like a meeting in which nobody spoke.
  @Test("a capture whose key log is lost", arguments: [nil, ""] as [String?])
  func lostKeyLog(left: String?) throws {
    let copy = sandbox("copy").string
    try FileManager.default.copyItem(atPath: Samples.capture(), toPath: copy)
    try FileManager.default.removeItem(atPath: copy + "/keys.jsonl")
    if let left { try sandbox.write(left, to: "copy/keys.jsonl") }
    let result = try render(capture: copy)
    #expect(result.status == 66 && result.errors.contains("keys.jsonl"), "\(result.errors)")
    #expect(sandbox.names() == ["copy"])
  }

  @Test func theNamedKeyOpens() throws {
    let key = try Samples.keyFile(in: Samples.keys())
    let result = try render(["--key", key], keys: FilePath("/nonexistent"))
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test func whatIsNoCapture() throws {
    #expect(try render(capture: sandbox("absent").string).status == 66)
    try FileManager.default.createDirectory(
      atPath: sandbox("empty").string, withIntermediateDirectories: true)
    #expect(try render(capture: sandbox("empty").string).status == 65)
    #expect(sandbox.names() == ["empty"])
  }

  @Test(arguments: [
    ["--rate", "7999"], ["--rate", "44100", "--resampler", "decoder"], ["--format", "mp3"],
    ["--from", "soon"], ["--speakers", "../x"], ["--shard", "2/2"], ["--jobs", "0"], ["--bogus"],
    ["--from", "10", "--to", "5"],
  ])
  func wrongArguments(options: [String]) throws {
    let result = try render(options)
    #expect(result.status == 64, "\(result.errors)")
    #expect(sandbox.names().isEmpty)
  }

  @Test func damageIsToldAndStrictRefusesIt() throws {
    let copy = sandbox("copy").string
    try FileManager.default.copyItem(atPath: try Samples.capture(), toPath: copy)
    let segment = URL(fileURLWithPath: copy + "/segment-000000.pcapng")
    var bytes = try Data(contentsOf: segment)
    bytes[bytes.count / 2] ^= 0x55
    try bytes.write(to: segment)
    #expect(try render(capture: copy).status == 0)
    #expect(try manifest().warnings.contains { $0.code == .damage })
    let strict = try render(["--strict", "--status", "json"], capture: copy)
    #expect(strict.status == 65)
    #expect(strict.events.last?["exit"] as? Int == 65)
    #expect(try render(["--strict"], to: "sound").status == 0)
  }

  @Test func aCaptureBeingWritten() throws {
    let copy = sandbox("copy").string
    try FileManager.default.copyItem(atPath: try Samples.capture(), toPath: copy)
    try sandbox.write("1\n", to: "copy/lock")
    let lock = open(copy + "/lock", O_RDWR)
    try #require(lock >= 0 && flock(lock, LOCK_EX) == 0)
    defer { close(lock) }
    #expect(try render(capture: copy).status == 69)
    #expect(try render(["--partial"], capture: copy).status == 0)
    let manifest = try manifest()
    #expect(!manifest.capture.complete && manifest.tool.parameters.partial)
    #expect(!sandbox.names("out").contains("done.json"))
    #expect(try render(["--partial"], capture: copy).status == 64)
    #expect(try render(["--partial", "--force"], capture: copy).status == 0)
  }

  // MARK: Interrupted

  @Test(arguments: [SIGTERM, SIGINT])
  func aSignalLeavesNothing(signal: Int32) throws {
    let running = try Tool.Running(
      [
        "render", try Samples.capture(), "--out", sandbox("out").string, "--status", "json",
        "--resampler", "samplerate-best", "--rate", "48000",
      ], keys: try Samples.keys())
    running.waitForOutput("\"start\"")
    kill(running.process.processIdentifier, signal)
    let result = running.finish()
    #expect(result.status == 75, "\(result.errors)")
    #expect(result.events.last?["exit"] as? Int == 75)
    #expect(sandbox.names().isEmpty)
  }

  @Test func aFullDiskLeavesNothing() throws {
    // A limit on the size of files stands for the disk: 100 blocks of 512 or 1024 bytes.
    let result = try Tool.run(
      ["render", try Samples.capture(), "--out", sandbox("out").string], keys: try Samples.keys(),
      shell: "ulimit -f 100; exec \"$@\"")
    #expect(result.status == 75)
    #expect(result.errors.contains("no space left"), "\(result.errors)")
    #expect(sandbox.names().isEmpty)
  }
}
