internal import CaptureSynthesis
internal import Glibc
internal import SystemPackage
internal import TestSupport
internal import Testing

@Suite("Wireshark")
struct WiresharkTests {
  private static let isInstalled = access("/usr/bin/tshark", X_OK) == 0

  private static func run(_ command: String) throws -> String {
    let pipe = try #require(popen(command, "r"))
    defer { pclose(pipe) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&block, 1, block.count, pipe)
      if count == 0 { break }
      bytes += block[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(
    "tshark lists each SSRC with the true packet and loss counts",
    .enabled(if: isInstalled, "tshark is not installed"))
  func streams() throws {
    var plan = try #require(Scenario.named("burst-loss")).plan()
    plan.speakers[0].network.jitter = .none
    let folder = try TemporaryFolder()
    let made = try MadeCapture(plan, in: folder)
    let file = folder.path.appending("capture").appending("segment-000000.pcapng")
    let output = try Self.run(
      "tshark -r '\(file)' -d udp.port==50001,rtp -q -z rtp,streams 2>/dev/null")
    let ssrc = try #require(made.truth.first).ssrc
    let name =
      "0x" + String(repeating: "0", count: 8 - String(ssrc, radix: 16).count)
      + String(ssrc, radix: 16, uppercase: true)
    let line = try #require(output.split(separator: "\n").first { $0.contains(name) })
    let fields = line.split(separator: " ")
    let delivered = made.truth.count { $0.fate == .delivered }
    let lost = made.truth.count - delivered
    #expect(lost == 60)
    #expect(fields.contains("RTPType-120"))
    let packets = try #require(fields.firstIndex(of: "RTPType-120"))
    #expect(fields[packets + 1] == "\(delivered)")
    #expect(fields[packets + 2] == "\(lost)")
  }
}
