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
      var sha256: String

      private enum CodingKeys: String, CodingKey {
        case id, username, packets, frames, spurts, segments, sha256
        case speechSamples = "speech_samples"
      }
    }

    var samples: Int64
    var speakers: [Speaker]
  }

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
      // Bytes depend on CPU and library versions, so another digest is told and not held against us.
      withKnownIssue("another CPU or library gives other last bits", isIntermittent: true) {
        #expect(speaker.sha256 == expected.sha256)
      }
    }
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
