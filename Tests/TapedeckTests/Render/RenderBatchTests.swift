import Foundation
import SystemPackage
import Testing

@testable import tapedeck

@Suite struct RenderBatchTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  /// Copies of the sample with ids of their own, and a list of them.
  private func makeCaptures(_ count: Int) throws -> [String] {
    var ids: [String] = []
    for index in 0..<count {
      let id = "20261124T09000\(index)Z-1-2"
      let folder = sandbox("captures-\(index)").string
      let out = try Tool.run(
        [
          "simulate", "capture", "--out", folder, "--duration", "2s", "--speakers", "1", "--dummy",
          "--seed", "\(index + 1)", "--no-truth",
        ], keys: sandbox("keys"))
      try #require(out.status == 0, "\(out.errors)")
      let path = URL(fileURLWithPath: folder + "/session.json")
      var session = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: Any])
      session["id"] = id
      try JSONSerialization.data(withJSONObject: session).write(to: path)
      ids.append(id)
    }
    let list = (0..<count).map { sandbox("captures-\($0)").string }.joined(separator: "\n")
    try sandbox.write("# captures\n\n" + list + "\n", to: "list")
    return ids
  }

  private func render(_ arguments: [String], input: String? = nil) throws -> Tool.Result {
    try Tool.run(
      ["render", "--status", "json", "--out", sandbox("root").string] + arguments,
      keys: sandbox("keys"), input: input)
  }

  @Test func theShardsOfAListAreAllOfIt() throws {
    let ids = try makeCaptures(4)
    let list = sandbox("list").string
    for index in 0..<3 {
      let result = try render(["--list", list, "--shard", "\(index)/3"])
      #expect(result.status == 0, "\(result.errors)")
      let last = try #require(result.events.last)
      let own = ids.filter { Shard.hash($0) % 3 == UInt64(index) }
      #expect(last["exit"] as? Int == 0 && last["captures"] as? Int == own.count)
      for id in own { #expect(sandbox.names("root/\(id)").contains("done.json")) }
    }
    #expect(sandbox.names("root") == ids)
    // All at once, from standard input: nothing is left to do.
    let again = try render(["--list", "-"], input: try sandbox.read("list"))
    #expect(again.status == 0)
    #expect(again.events.filter { $0["event"] as? String == "skip" }.count == 4)
  }

  @Test func oneBadCaptureDoesNotStopTheOthers() throws {
    let ids = try makeCaptures(2)
    try FileManager.default.createDirectory(
      atPath: sandbox("broken").string, withIntermediateDirectories: true)
    let captures = [sandbox("captures-0"), sandbox("broken"), sandbox("captures-1")].map(\.string)
    let result = try render(captures)
    #expect(result.status == 65)
    #expect(sandbox.names("root") == ids)
    #expect(result.events.last?["failed"] as? Int == 1)
    let missing = try render([captures[0], sandbox("absent").string])
    #expect(missing.status == 66)
  }

  @Test func anEmptyListIsDone() throws {
    let result = try render(["--list", "-"], input: "# nothing\n")
    #expect(result.status == 0 && result.events.last?["exit"] as? Int == 0)
    #expect(try render(["--list", sandbox("absent").string]).status == 66)
    #expect(try render([]).status == 64)
  }

  @Test func twoCapturesOfOneIDAreRefused() throws {
    _ = try makeCaptures(1)
    try FileManager.default.copyItem(
      atPath: sandbox("captures-0").string, toPath: sandbox("copy").string)
    let both = [sandbox("captures-0").string, sandbox("copy").string]
    let result = try render(both)
    #expect(result.status == 64 && result.events.last?["exit"] as? Int == 64)
    // The same one twice is the same one.
    #expect(try render([both[0], both[0]]).status == 0)
  }

  @Test func anIDThatLeadsOutOfTheFolderIsNotUsed() {
    #expect(CaptureList.isFolderName("20261124T090002Z-41-42"))
    for id in ["", ".", "..", "../x", "a/b", "-rf", "a b", "\u{202E}x", "é", ".hidden"] {
      #expect(!CaptureList.isFolderName(id))
    }
    #expect(!CaptureList.isFolderName(String(repeating: "a", count: 201)))
  }

  @Test func theWorstOfManyStatuses() {
    #expect(RenderBatch.worst(of: []) == .done)
    #expect(RenderBatch.worst(of: [.done, .noInput]) == .noInput)
    #expect(RenderBatch.worst(of: [.noInput, .badInput, .software]) == .badInput)
    #expect(RenderBatch.worst(of: [.badInput, .tempFail, .noInput]) == .tempFail)
  }

  /// The published values of FNV-1a, and two that must never change: finished shards rely on them.
  @Test(
    arguments: [
      ("", 0xCBF2_9CE4_8422_2325), ("a", 0xAF63_DC4C_8601_EC8C), ("foobar", 0x8594_4171_F739_67E8),
      ("20261124T090002Z-41-42", 0x6474_9EAE_680D_CFDF),
      ("20261124T090002Z-81384788765712384-81384788765712385", 0xD644_E9E0_1DCB_BFB5),
    ] as [(String, UInt64)])
  func hashesOfIDs(text: String, hash: UInt64) {
    #expect(Shard.hash(text) == hash)
  }

  @Test func shardsAsTyped() {
    #expect(Shard(argument: "0/1") == Shard(index: 0, count: 1))
    #expect(Shard(argument: "15/16")?.contains("20261124T090002Z-41-42") == true)
    for text in ["", "1", "1/", "/2", "2/2", "-1/2", "0/0", "1/2/3", "a/b", " 0/1"] {
      #expect(Shard(argument: text) == nil)
    }
  }
}
