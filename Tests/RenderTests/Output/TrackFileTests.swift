import Audio
import Glibc
import SystemPackage
import TestSupport
import Testing
import VoiceCrypto

@testable import Render

@Suite struct TrackFileTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private func track(
    _ stem: String, _ writes: [(Int64, [Int16])], samples: Int64,
    _ change: (inout RenderOptions) -> Void = { _ in }
  ) throws -> TrackFile.Summary {
    var options = RenderOptions()
    change(&options)
    let file = try TrackFile(
      stem: stem, in: temporary.path, samples: samples, options: options,
      cancellation: RenderCancellation())
    for (start, samples) in writes { try file.write(samples.span, at: start) }
    return try file.finish()
  }

  @Test func aPlainWAVWithHoles() throws {
    let speech = [Int16](repeating: 1_000, count: 16_000)
    let summary = try track("7", [(16_000 * 60, speech)], samples: 16_000 * 120)
    let path = temporary.path.appending("7.wav")
    let bytes = try temporary.bytes(path)
    #expect(bytes.count == 44 + 16_000 * 120 * 2)
    #expect(bytes[0..<4].elementsEqual("RIFF".utf8) && bytes[36..<40].elementsEqual("data".utf8))
    #expect(bytes[44 + 16_000 * 120] == 1_000 & 0xFF)
    #expect(bytes[44 + 16_000 * 120 - 1] == 0)
    #expect(summary.extents == [SampleRange(start: 16_000 * 60, end: 16_000 * 61)])
    var status = stat()
    #expect(stat(path.string, &status) == 0)
    #expect(status.st_blocks * 512 <= 32_000 + 16_384)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test func theDigestOfTheFileOnRequest() throws {
    let summary = try track("7", [(5, [1, 2, 3])], samples: 100) { $0.digest = .file }
    let bytes = try temporary.bytes(temporary.path.appending("7.wav"))
    #expect(summary.sha256 == SHA256Digest.hex(of: bytes.span))
  }

  @Test func speechHasTheSameDigestInFLAC() throws {
    let speech = (0..<5_000).map { Int16($0 % 300) }
    let wav = try track("7", [(100, speech)], samples: 20_000)
    let flac = try track("7", [(100, speech)], samples: 20_000) { $0.format = .flac }
    #expect(wav.sha256 == flac.sha256 && flac.file == "7.flac")
  }

  @Test func loudnessIsThatOfTheSpeechHoweverLongThePauses() throws {
    let tone = (0..<32_000).map { Int16(10_000 * sin(Double($0) * 0.3927)) }
    let close = try track("1", [(0, tone), (48_000, tone)], samples: 500_000) { $0.loudness = true }
    let far = try track("2", [(0, tone), (400_000, tone)], samples: 500_000) { $0.loudness = true }
    #expect(close.loudness == far.loudness)
    let integrated = try #require(close.loudness?.integrated)
    #expect((-17...(-12)).contains(integrated))
    let silent = try track("3", [], samples: 500_000) { $0.loudness = true }
    #expect(silent.loudness == Manifest.Loudness(integrated: nil, truePeak: nil))
  }

  @Test func aCancelledTrackTakesNothingMore() throws {
    let cancellation = RenderCancellation()
    let child = RenderCancellation(parent: cancellation)
    let file = try TrackFile(
      stem: "1", in: temporary.path, samples: 10, options: RenderOptions(), cancellation: child)
    cancellation.cancel()
    let samples: [Int16] = [1]
    #expect(throws: RenderCancellation.error) { try file.write(samples.span, at: 0) }
  }

  // MARK: Mix

  private func mix(
    _ tracks: [TrackFile.Summary], samples: Int64,
    _ change: (inout RenderOptions) -> Void = { _ in }
  ) throws -> (Manifest.Mix, [Int16]) {
    var options = RenderOptions()
    change(&options)
    // A test may mix more than once.
    unlink(temporary.path.appending("mix.wav").string)
    let mix = try Mix(
      folder: temporary.path, options: options, tracks: tracks, samples: samples,
      cancellation: RenderCancellation()
    ).write { _ in }
    let (floats, rate) = try AudioFileReader.readAll(temporary.path.appending(mix.file))
    #expect(rate == 16_000)
    return (mix, floats.map { Int16($0 * 32_768) })
  }

  @Test func theMixIsTheSum() throws {
    let one = try track("1", [(10, [100, 200, 300]), (50, [7])], samples: 60)
    let two = try track("2", [(11, [1, 2]), (20, [-5])], samples: 60)
    let (mix, samples) = try mix([one, two], samples: 60)
    var expected = [Int16](repeating: 0, count: 60)
    expected.replaceSubrange(10..<13, with: [100, 201, 302])
    expected[20] = -5
    expected[50] = 7
    #expect(samples == expected)
    #expect(mix.gain == 1 && mix.file == "mix.wav" && mix.samples == 60)
  }

  @Test func theMixNeverClips() throws {
    let loud = [Int16](repeating: 30_000, count: 100)
    let one = try track("1", [(0, loud)], samples: 200)
    let two = try track("2", [(50, loud)], samples: 200)
    let (mix, samples) = try mix([one, two], samples: 200)
    #expect(abs(mix.gain - 32_767.0 / 60_000) < 1e-6)
    #expect(samples[75] == 32_767 && samples[0] == 16_384 && samples[160] == 0)
  }

  @Test func aFullScaleTrackIsMixedAsItIs() throws {
    let one = try track("1", [(0, [-32_768, 32_767])], samples: 10)
    let (mix, samples) = try mix([one], samples: 10)
    #expect(mix.gain == 1 && samples[0] == -32_768 && samples[1] == 32_767)
    let two = try track("2", [(0, [-32_768, 0])], samples: 10)
    let (both, sums) = try self.mix([one, two], samples: 10)
    #expect(both.gain == 0.5 && sums[0] == -32_768 && sums[1] == 16_384)
  }

  @Test func theMixOfLongTracksGoesBlockByBlock() throws {
    let long = (0..<100_000).map { Int16($0 % 1_000) }
    let one = try track("1", [(3, long)], samples: 200_000) { $0.format = .flac }
    let two = try track("2", [(40_000, long)], samples: 200_000) { $0.format = .flac }
    let (mix, samples) = try mix([one, two], samples: 200_000) { $0.format = .flac }
    #expect(mix.file == "mix.flac")
    #expect(samples[50_003] == long[50_000] + long[10_003])
    #expect(samples[139_999] == long[99_999] && samples[140_001] == 0)
  }

  @Test func unionsOfExtents() {
    func range(_ start: Int64, _ end: Int64) -> SampleRange { SampleRange(start: start, end: end) }
    #expect(Mix.union([]).isEmpty)
    #expect(
      Mix.union([[range(0, 5), range(20, 30)], [range(5, 8), range(25, 26), range(40, 41)]])
        == [range(0, 8), range(20, 30), range(40, 41)])
  }
}
