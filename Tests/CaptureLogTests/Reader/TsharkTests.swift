internal import Foundation
internal import SystemPackage
internal import TestSupport
internal import Testing

@testable internal import CaptureLog

/// Wireshark's command line reads our segments, without anything of ours.
@Suite(.enabled(if: Tshark.path != nil, "tshark is not installed"))
struct TsharkTests {
  @Test func streamsWithTheirLosses() throws {
    let scratch = try TemporaryFolder()
    let folder = scratch.path.appending("capture")
    var builder = try CaptureBuilder(
      creating: folder, session: CaptureFixture.session, synchronizes: false)
    try builder.addConnection(0, addresses: CaptureFixture.ipv4)
    try builder.addConnection(1, addresses: CaptureFixture.ipv6)
    var random = SplitMix64(seed: 2)
    var sent: [UInt32: (packets: Int, lost: Int)] = [:]
    for index in 0..<500 {
      for (stream, ssrc) in [1001, 2002, 3003].enumerated() as EnumeratedSequence<[UInt32]> {
        // The first and the last are sent, so that each loss is a gap.
        let isLost = index > 0 && index < 499 && random.next() % 50 == 0
        sent[ssrc, default: (0, 0)].packets += isLost ? 0 : 1
        sent[ssrc, default: (0, 0)].lost += isLost ? 1 : 0
        guard !isLost else { continue }
        let packet = rtp(ssrc: ssrc, index: index, payload: random.bytes(80))
        try builder.append(
          packet: packet.span, connection: stream == 2 ? 1 : 0,
          time: CaptureFixture.time(index) + Int64(stream) * 1000)
      }
    }
    try builder.finish()
    let output = try Tshark.run([
      "-r", folder.appending("segment-000000.pcapng").string, "-d", "udp.port==50001,rtp", "-q",
      "-z", "rtp,streams",
    ])
    var found: [UInt32: (packets: Int, lost: Int)] = [:]
    for line in output.split(separator: "\n") {
      let fields = line.split(separator: " ").map(String.init)
      guard let index = fields.firstIndex(where: { $0.hasPrefix("0x") }), fields.count > index + 3,
        let ssrc = UInt32(fields[index].dropFirst(2), radix: 16),
        let packets = Int(fields[index + 2]), let lost = Int(fields[index + 3])
      else { continue }
      found[ssrc] = (packets, lost)
    }
    #expect(found.keys.sorted() == [1001, 2002, 3003], "\(output)")
    for (ssrc, counts) in sent {
      #expect(found[ssrc].map { $0 == counts } == true, "\(ssrc): \(output)")
    }
  }

  @Test func eventsAreLinesAndHeadersAreSound() throws {
    let scratch = try TemporaryFolder()
    let folder = scratch.path.appending("capture")
    var builder = try CaptureBuilder(
      creating: folder, session: CaptureFixture.session, synchronizes: false)
    try builder.addConnection(0, addresses: CaptureFixture.ipv4)
    try builder.addConnection(1, addresses: CaptureFixture.ipv6)
    let speaking = SpeakingEvent(connection: 0, user: "81384788765712384", ssrc: 7, speaking: 1)
    try builder.append(CaptureEvent(speaking, time: CaptureFixture.start))
    for connection in [0, 1] as [UInt32] {
      for isOutbound in [false, true] {
        try builder.append(
          packet: [1, 2, 3, 4, 5].span, connection: connection,
          time: CaptureFixture.time(1) + 789, isOutbound: isOutbound)
      }
    }
    try builder.finish()
    let segment = folder.appending("segment-000000.pcapng").string
    let lines = try Tshark.run(["-r", segment])
    #expect(lines.contains("connection 0: user 81384788765712384 has SSRC 7, speaking 1"))
    #expect(lines.contains("segment ends: finished"))

    let fields = try Tshark.run([
      "-r", segment, "-Y", "udp", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
      "-T", "fields", "-E", "separator=,", "-e", "frame.time_epoch", "-e", "ip.checksum.status",
      "-e", "udp.checksum.status", "-e", "udp.srcport", "-e", "udp.dstport", "-e", "udp.length",
      "-e", "frame.packet_flags_direction", "-e", "frame.interface_name",
    ])
    let time = "1795510802.020000789"
    // Checksum states: 1 is good, 3 is none.
    let expected = [
      "\(time),1,3,50002,50001,13,,connection-0",
      "\(time),1,3,50001,50002,13,2,connection-0",
      "\(time),,1,50002,50001,13,,connection-1",
      "\(time),,1,50001,50002,13,2,connection-1",
    ]
    let rows = fields.split(separator: "\n").map { row in
      row.replacing("0x00000002", with: "2").replacing("0x2", with: "2")
    }
    #expect(rows.map(String.init) == expected)
  }

  private func rtp(ssrc: UInt32, index: Int, payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x80, 120]
    withUnsafeBytes(of: UInt16(truncatingIfNeeded: index + 65_300).bigEndian) { bytes += $0 }
    withUnsafeBytes(of: UInt32(index * 960).bigEndian) { bytes += $0 }
    withUnsafeBytes(of: ssrc.bigEndian) { bytes += $0 }
    return bytes + payload
  }
}

private enum Tshark {
  static let path = ["/usr/bin/tshark", "/usr/local/bin/tshark"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Standard output of a run that succeeded.
  static func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: path ?? "")
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self)
  }
}
