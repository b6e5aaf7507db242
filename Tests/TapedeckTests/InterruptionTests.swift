internal import Foundation
internal import SystemPackage
internal import Testing

/// Signals to the commands that work on one capture.
@Suite struct InterruptionTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  /// A capture that is read for several seconds: the same segment under many names, which is
  /// damaged, but read all the same.
  private func longCapture() throws -> String {
    let sample = FilePath(try Samples.capture())
    let capture = sandbox("long")
    try FileManager.default.createDirectory(
      atPath: capture.string, withIntermediateDirectories: false)
    let files = FileManager.default
    for name in ["session.json", "keys.jsonl"] {
      try files.copyItem(
        atPath: sample.appending(name).string, toPath: capture.appending(name).string)
    }
    for number in 0..<1000 {
      let digits = String(number)
      let name = "segment-" + String(repeating: "0", count: 6 - digits.count) + digits
      // Links, not to fill the disk.
      try files.linkItem(
        atPath: sample.appending("segment-000000.pcapng").string,
        toPath: capture.appending(name + ".pcapng").string)
    }
    return capture.string
  }

  /// A recording of many sections, each a segment of ours.
  private func longRecording() throws -> String {
    let segment = FilePath(try Samples.capture()).appending("segment-000000.pcapng")
    let section = try Data(contentsOf: URL(fileURLWithPath: segment.string))
    let path = sandbox("long.pcapng").string
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? file.close() }
    for _ in 0..<200 { try file.write(contentsOf: section) }
    return path
  }

  private func interrupt(_ arguments: [String], with signal: Int32) throws {
    let running = try Tool.Running(arguments + ["--status", "json"], keys: nil)
    running.waitForOutput("\"progress\"")
    kill(running.process.processIdentifier, signal)
    let result = running.finish()
    #expect(result.status == 75, "\(result.errors)")
    #expect(result.events.last?["exit"] as? Int == 75)
    #expect(result.errors.hasPrefix("tapedeck: interrupted"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func recoverLeavesNothing(signal: Int32) throws {
    try interrupt(["recover", longCapture(), "--out", sandbox("copy").string], with: signal)
    #expect(sandbox.names() == ["long"])
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func importLeavesNothing(signal: Int32) throws {
    try interrupt(
      ["import", longRecording(), "--out", sandbox("made").string, "--payload-type", "120"],
      with: signal)
    #expect(sandbox.names() == ["long.pcapng"])
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func verifyEnds(signal: Int32) throws {
    try interrupt(["verify", longCapture()], with: signal)
  }
}
