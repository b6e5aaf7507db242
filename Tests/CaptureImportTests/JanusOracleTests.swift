import Foundation
import Render
import SystemPackage
import TestSupport
import Testing

@testable import CaptureImport

/// Janus' own tool on Janus' own sample, with its packets reordered, doubled, lost and shifted to
/// where the numbers wrap: import and render must place as much as it does.
///
/// It is no oracle for pauses, which it drops.
@Suite(.enabled(if: Janus.isInstalled, "janus-demos or janus-tools is not installed"))
struct JanusOracleTests {
  enum Edit: CaseIterable {
    case none, wrap, reorder, duplicate, lose, everything
  }

  @Test("as many packets, as long", arguments: Edit.allCases)
  func differential(edit: Edit) throws {
    let folder = try TemporaryFolder()
    var packets = try Janus.samplePackets()
    #expect(packets.count == 529)
    var random = SplitMix64(seed: 529)
    if edit == .wrap || edit == .everything { Janus.shiftToWraps(&packets) }
    if edit == .lose || edit == .everything {
      // Single packets, and 600 ms at once; not the first or the last, which nobody could know of.
      packets.removeSubrange(200..<230)
      for _ in 0..<20 { packets.remove(at: Int.random(in: 1..<packets.count - 1, using: &random)) }
    }
    let kept = packets.count
    if edit == .duplicate || edit == .everything {
      for _ in 0..<30 {
        let index = Int.random(in: 0..<packets.count - 4, using: &random)
        packets.insert(packets[index], at: index + Int.random(in: 1...3, using: &random))
      }
    }
    if edit == .reorder || edit == .everything {
      for index in stride(from: 20, to: packets.count - 20, by: 17) {
        packets.swapAt(index, index + Int.random(in: 1...3, using: &random))
      }
    }
    var file = MJRFile(.word)
    for packet in packets { file.append(packet) }
    try folder.write(file.bytes, to: "edited.mjr")

    let theirs = try Janus.process(folder.path.appending("edited.mjr"))
    let report = try CaptureImporter.run(
      folder.path.appending("edited.mjr"), to: folder.path.appending("capture"),
      options: ImportOptions(start: 0))
    let ours = try RenderJob(
      capture: folder.path.appending("capture"), output: folder.path.appending("render")
    ).run().manifest
    let speaker = try #require(ours.speakers.first)
    #expect(ours.speakers.map { $0.id } == ["ssrc-3649154666"])

    #expect(report.counts.rtp == UInt64(packets.count))
    #expect(theirs.packets == packets.count)
    #expect(theirs.frames == kept)
    #expect(speaker.packets.placed == Int64(theirs.frames))
    #expect(speaker.packets.duplicate == Int64(packets.count - kept))
    #expect(speaker.packets.captured == Int64(packets.count))
    #expect(speaker.frames.lost == Int64(529 - kept))
    // At 48 kHz; theirs counts one sample less per wrap of the timestamp.
    #expect(abs(ours.session.samples * 3 - theirs.samples) <= 3)
    #expect(speaker.spurts == 1)
    #expect(speaker.segments.first?.start == 0)
    #expect(speaker.segments.last?.end == ours.session.samples)
  }

  @Test("the video sample is refused")
  func video() throws {
    let folder = try TemporaryFolder()
    #expect {
      _ = try CaptureImporter.run(
        FilePath(Janus.folder + "rec-sample-video.mjr"), to: folder.path.appending("a"))
    } throws: {
      "\($0)".contains("video, not of Opus")
    }
  }
}

private enum Janus {
  static let folder = "/usr/share/janus/recordings/"
  private static let tool = "/usr/bin/janus-pp-rec"

  static let isInstalled =
    FileManager.default.isReadableFile(atPath: folder + "rec-sample-audio.mjr")
    && FileManager.default.isExecutableFile(atPath: tool)

  static func samplePackets() throws -> [[UInt8]] {
    let data = try Data(contentsOf: URL(filePath: folder + "rec-sample-audio.mjr"))
    return try Reading([UInt8](data)).datagrams.map { $0.payload }
  }

  /// Adds to sequence numbers and timestamps so that both wrap within the recording.
  static func shiftToWraps(_ packets: inout [[UInt8]]) {
    func value(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
    let sequence = 65_436 - value(packets[0][2..<4])
    let timestamp = (1 << 32) - 300 * 960 - value(packets[0][4..<8])
    for index in packets.indices {
      var numbers: [UInt8] = []
      numbers.append16(value(packets[index][2..<4]) + sequence)
      numbers.append32(value(packets[index][4..<8]) + timestamp)
      packets[index].replaceSubrange(2..<8, with: numbers)
    }
  }

  /// What Janus' tool counts, and the length of the Ogg Opus file that it makes.
  static func process(
    _ file: FilePath
  ) throws -> (packets: Int, frames: Int, samples: Int64) {
    let output = file.string + ".opus"
    let process = Process()
    process.executableURL = URL(filePath: tool)
    process.arguments = ["--disable-colors", file.string, output]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    func count(_ what: String) throws -> Int {
      let line = try #require(text.split(separator: "\n").first { $0.hasSuffix(what) })
      return try #require(line.split(separator: " ").compactMap { Int($0) }.first)
    }
    // The last page's position (RFC 3533 section 6).
    let pages = try Data(contentsOf: URL(filePath: output))
    let last = try #require(pages.range(of: Data("OggS".utf8), options: .backwards))
    let position = pages[last.lowerBound + 6..<last.lowerBound + 14]
    return (
      try count(" RTP packets"), try count(" frame packets"),
      position.reversed().reduce(0) { $0 << 8 | Int64($1) }
    )
  }
}
