internal import CaptureLog
internal import FoundationEssentials
internal import Glibc
internal import Render
internal import SystemPackage
internal import Testing

/// Every released format version stays readable: `samples/` keeps one capture of each.
@Suite("Samples")
struct SampleTests {
  /// The part of a manifest that `samples/<capture>.expected.json` keeps.
  private struct Expectation: Decodable {
    struct Speaker: Decodable {
      var id: String
      var username: String
      var packets: PacketLedger
      var frames: FrameLedger
      var spurts: Int
      var speechSamples: Int64
      var segments: [SampleRange]
      /// RMS of each whole ``SampleTests/block`` of each segment, dB of full scale.
      var levels: [Double]
      var sha256: String

      private enum CodingKeys: String, CodingKey {
        case id, username, packets, frames, spurts, segments, levels, sha256
        case speechSamples = "speech_samples"
      }
    }

    var samples: Int64
    var speakers: [Speaker]
  }

  /// 500 ms at 16 kHz: as `samples/expectation` has it.
  private static let block: Int64 = 8_000

  private static let folder: FilePath = {
    // Tests/RenderTests/SampleTests.swift
    let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent()
    return root.appending("samples")
  }()

  @Test("the sample renders to what its expectation says", arguments: ["capture-v1"])
  func renders(name: String) throws {
    let path = Self.folder.appending(name + ".expected.json")
    let data = try Data(contentsOf: URL(filePath: path.string))
    let expectation = try JSONDecoder().decode(Expectation.self, from: data)
    let output = FilePath("/tmp/tapedeck-sample-\(getpid())-\(name)")
    defer { Self.remove(output) }
    let key = try OperatorKeyStore.load(Self.folder.appending(name + ".key"))
    let job = RenderJob(capture: Self.folder.appending(name), output: output, keys: [key])
    let manifest = try job.run().manifest

    #expect(manifest.capture.complete)
    #expect(manifest.warnings.isEmpty)
    #expect(manifest.session.samples == expectation.samples)
    try #require(manifest.speakers.map(\.id) == expectation.speakers.map(\.id))
    for (speaker, expected) in zip(manifest.speakers, expectation.speakers) {
      #expect(speaker.names.username == expected.username)
      #expect(speaker.packets == expected.packets)
      #expect(speaker.frames == expected.frames)
      #expect(speaker.spurts == expected.spurts)
      // The last digits of a clock may differ between machines: a millisecond is allowed.
      #expect(abs(speaker.speechSamples - expected.speechSamples) <= 16 * Int64(expected.spurts))
      #expect(speaker.segments.count == expected.segments.count)
      for (segment, wanted) in zip(speaker.segments, expected.segments) {
        #expect(abs(segment.start - wanted.start) <= 16)
        #expect(abs(segment.end - wanted.end) <= 16)
      }
      let samples = try Self.samples(output.appending(speaker.file))
      let levels = expected.segments.flatMap { segment in
        stride(from: segment.start, through: segment.end - Self.block, by: Int(Self.block)).map {
          Self.level(samples[Int($0)..<Int($0 + Self.block)])
        }
      }
      try #require(levels.count == expected.levels.count && !levels.isEmpty)
      for (level, wanted) in zip(levels, expected.levels) {
        #expect(abs(level - wanted) <= 0.2, "\(speaker.id): \(levels)")
      }
      // Bytes depend on CPU and library versions, so another digest is told and not held against us.
      withKnownIssue("another CPU or library gives other last bits", isIntermittent: true) {
        #expect(speaker.sha256 == expected.sha256)
      }
    }
  }

  /// The samples of a WAV file of ours: a header of 44 bytes, then 16 bits each.
  private static func samples(_ file: FilePath) throws -> [Int16] {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: file.string)).dropFirst(44))
    return stride(from: 0, to: bytes.count - 1, by: 2).map {
      Int16(truncatingIfNeeded: Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8)
    }
  }

  /// RMS in dB of full scale; in what is quieter than -60 the last bits count, so it is all the same.
  private static func level(_ samples: ArraySlice<Int16>) -> Double {
    let square = samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(samples.count)
    return max(10 * log10(square / 32_768 / 32_768), -60)
  }

  private static func remove(_ folder: FilePath) {
    guard let directory = opendir(folder.string) else { return }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { unlink(folder.appending(name).string) }
    }
    closedir(directory)
    rmdir(folder.string)
  }
}
