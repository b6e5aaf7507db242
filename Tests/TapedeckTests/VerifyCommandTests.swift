internal import CaptureLog
internal import Foundation
internal import SystemPackage
internal import Testing

/// `tapedeck verify` and `recover` as a user or a script sees them.
@Suite struct VerifyCommandTests {
  private struct Run {
    var status: Int32
    var output: String
    var errors: String
  }

  /// The program that the tests were built with, beside the test bundle.
  private static let program = URL(filePath: CommandLine.arguments[0])
    .deletingLastPathComponent().appending(path: "tapedeck")

  private let scratch: URL

  init() throws {
    scratch = FileManager.default.temporaryDirectory.appending(
      path: "tapedeck-verify-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: false)
  }

  private func cleanUp() { try? FileManager.default.removeItem(at: scratch) }

  private func run(_ arguments: String...) throws -> Run {
    let process = Process()
    process.executableURL = Self.program
    process.arguments = arguments
    let output = Pipe()
    let errors = scratch.appending(path: "stderr-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: errors.path(), contents: nil)
    let file = try FileHandle(forWritingTo: errors)
    process.standardOutput = output
    process.standardError = file
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try file.close()
    return Run(
      status: process.terminationStatus, output: String(decoding: data, as: UTF8.self),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }

  private func makeCapture() throws -> String {
    let folder = scratch.appending(path: "20261124T090002Z-1-2").path()
    let start: Int64 = 1_795_510_802_000_000_000
    let session = SessionInfo(
      id: "20261124T090002Z-1-2", guildID: "1", channelID: "2", start: "2026-11-24T09:00:02Z",
      startUnixNanoseconds: start, build: "test", recipients: [], source: "simulated",
      encryptedAtRest: false)
    let addresses = try #require(DatagramAddresses(local: "192.0.2.1:1", remote: "192.0.2.2:2"))
    var builder = try CaptureBuilder(
      creating: FilePath(folder), session: session, synchronizes: false)
    try builder.addConnection(0, addresses: addresses)
    let packet = [UInt8](repeating: 7, count: 100)
    for index in 0..<50 {
      try builder.append(packet: packet.span, connection: 0, time: start + Int64(index))
    }
    try builder.finish()
    return folder
  }

  @Test func soundThenDamagedThenRecovered() throws {
    defer { cleanUp() }
    let capture = try makeCapture()
    let sound = try run("verify", capture)
    #expect(sound.status == 0)
    #expect(sound.errors.contains("50 packets, 1 events"))
    #expect(sound.output.isEmpty)

    let segment = URL(filePath: capture + "/segment-000000.pcapng")
    var bytes = try Data(contentsOf: segment)
    bytes[4000] ^= 1
    try bytes.write(to: segment)
    let damaged = try run("verify", capture, "--json")
    #expect(damaged.status == 65)
    let report = try JSONDecoder().decode(VerifyReport.self, from: Data(damaged.output.utf8))
    #expect(report.damages.map(\.missing) == [1])
    #expect(report.packets == 49)

    let lines = try run("verify", capture, "--status", "json").output.split(separator: "\n")
    #expect(lines.first?.contains(#""event":"start""#) == true)
    #expect(lines.contains { $0.contains(#""code":"damage""#) })
    #expect(lines.last?.contains(#""exit":65"#) == true)

    let copy = scratch.appending(path: "copy").path()
    #expect(try run("recover", capture, "--out", copy).status == 0)
    #expect(try run("verify", copy).status == 0)
    let again = try run("recover", capture, "--out", copy)
    #expect(again.status == 64)
    #expect(again.errors.contains("not empty"))
  }

  @Test func adviceIsOfUse() throws {
    defer { cleanUp() }
    let capture = try makeCapture()
    let session = URL(filePath: capture + "/session.json")
    let text = try String(contentsOf: session, encoding: .utf8)
    try Data(
      text.replacing(#""encrypted_at_rest" : false"#, with: #""encrypted_at_rest" : true"#).utf8
    )
    .write(to: session)
    // No copy has the keys that the original lacks.
    let keyless = try run("verify", capture)
    #expect(keyless.status == 65)
    #expect(keyless.errors.contains("keys.jsonl: missing, so that"))
    #expect(keyless.errors.contains("`tapedeck recover` cannot mend"))
    #expect(!keyless.errors.contains("--out DIR"))

    try FileManager.default.removeItem(at: session)
    let headless = try run("verify", capture)
    #expect(headless.status == 65)
    #expect(headless.errors.contains("\nsession.json is missing\n"))
    #expect(headless.errors.contains("`tapedeck recover \(capture) --out DIR`"))
  }

  @Test func exitCodes() throws {
    defer { cleanUp() }
    #expect(try run("verify", scratch.appending(path: "none").path()).status == 66)
    #expect(try run("verify", scratch.path()).status == 65)
    #expect(try run("verify").status == 64)
    #expect(try run("verify", "x", "--json", "--status", "json").status == 64)
    #expect(try run("recover", "x").status == 64)
    let newer = try makeCapture()
    let session = URL(filePath: newer + "/session.json")
    let text = try String(contentsOf: session, encoding: .utf8)
    try Data(text.replacing("tapedeck.capture/1", with: "tapedeck.capture/9").utf8)
      .write(to: session)
    let refused = try run("verify", newer)
    #expect(refused.status == 65)
    #expect(refused.errors.split(separator: "\n").count == 1)
    #expect(refused.errors.contains("newer"))
  }
}
