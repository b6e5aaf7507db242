import JSONValues
import SystemPackage
import TestSupport
import Testing

@testable import Render

/// Renders as a test wants them: a manifest, spurts and files of the right size without sound.
struct RenderFixture {
  let root: FilePath

  struct Track {
    /// nil: never learned.
    var user: String?
    var ssrc = 4711
    var spurts: [ClosedRange<Double>] = [1...3]
    var isBot = false
    var lost: Int64 = 0
    var placed: Int64 = 100
    var extent = 60.0

    var id: String { user ?? "ssrc-\(ssrc)" }
  }

  /// - Parameters:
  ///   - id: The capture's.
  ///   - seconds: Of the session.
  ///   - change: The manifest before it is written.
  func render(
    _ id: String, _ tracks: [Track], seconds: Double = 60, rate: Int = 16_000,
    change: (inout Manifest) -> Void = { _ in }
  ) throws -> FilePath {
    let folder = root.appending(id)
    try FileSystem.makeFolders(folder)
    let samples = Int64(seconds * Double(rate))
    var spurts = try LineFile(creating: folder.appending("spurts.jsonl"))
    var speakers: [Manifest.Speaker] = []
    for track in tracks {
      let ranges = track.spurts.map {
        SampleRange(
          start: Int64($0.lowerBound * Double(rate)), end: Int64($0.upperBound * Double(rate)))
      }
      for range in ranges {
        try spurts.append(SpurtLine(speaker: track.id, start: range.start, end: range.end))
      }
      try FileSystem.write(
        [UInt8](repeating: 0, count: 44), to: folder.appending(track.id + ".wav"))
      speakers.append(speaker(track, ranges, samples, rate))
    }
    try spurts.flush()
    var manifest = Manifest(
      schema: Manifest.currentSchema,
      tool: Manifest.Tool(
        version: "test", renderVersion: 1,
        parameters: RenderOptions().parameters),
      sampleRate: rate,
      capture: Manifest.Capture(id: id, digest: String(repeating: "c", count: 64), complete: true),
      session: Manifest.Session(
        guildID: "41", guildName: "Guild", channelID: "42", channelName: "Room",
        start: "2026-11-24T09:00:02.000Z", startUnixNanoseconds: "1795510802000000000",
        samples: samples),
      speakers: speakers, participants: [], events: [], warnings: [], mix: nil)
    change(&manifest)
    try FileSystem.write(try manifest.encoded(), to: folder.appending(Manifest.fileName))
    return folder
  }

  private func speaker(
    _ track: Track, _ spurts: [SampleRange], _ samples: Int64, _ rate: Int
  ) -> Manifest.Speaker {
    Manifest.Speaker(
      id: track.id, userID: track.user, names: Manifest.Names(nick: "Zoë \"Z\" Ünal"),
      bot: track.isBot, file: track.id + ".wav", samples: samples,
      sha256: String(repeating: "5", count: 64),
      speechSamples: spurts.reduce(0) { $0 + $1.count }, spurts: spurts.count,
      segments: Segmenter(sampleRate: rate).segments(of: spurts, within: samples), streams: [],
      packets: PacketLedger(captured: track.placed, placed: track.placed),
      frames: FrameLedger(lost: track.lost, silent: track.lost), gaps: [],
      gapTotals: Manifest.GapTotals(),
      clock: Manifest.Clock(offsetSamples: 0, ppm: 0, residualMilliseconds: 0), peak: 0.5,
      clippedSamples: 0, loudness: nil)
  }

  /// Lines of a file.
  static func lines(_ path: FilePath) throws -> [String] {
    let text = String(decoding: try FileSystem.read(path, limit: 1 << 24), as: UTF8.self)
    #expect(text.isEmpty || text.hasSuffix("\n"))
    return text.split(separator: "\n").map(String.init)
  }

  /// Every file below a folder with its bytes; those of `audio` are by name only.
  static func contents(_ folder: FilePath) throws -> [String: [UInt8]] {
    var contents: [String: [UInt8]] = [:]
    for name in try FileSystem.list(folder) {
      let path = folder.appending(name)
      if FileSystem.isFolder(path) {
        for (inner, bytes) in try Self.contents(path) { contents[name + "/" + inner] = bytes }
      } else {
        contents[name] = try FileSystem.read(path, limit: 1 << 24)
      }
    }
    return contents
  }
}
