internal import Glibc
internal import SystemPackage
internal import TestSupport
internal import Testing

@testable internal import Audio

@Suite("Track files")
struct SparseWAVWriterTests {
  private static func speech(_ count: Int, seed: UInt64 = 1) -> [Int16] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in Int16(truncatingIfNeeded: random.next()) }
  }

  private static func size(_ path: FilePath) -> (bytes: Int64, blocks: Int64, mode: UInt32) {
    var status = stat()
    _ = path.withPlatformString { stat($0, &status) }
    return (Int64(status.st_size), Int64(status.st_blocks) * 512, status.st_mode & 0o777)
  }

  private static func read(_ path: FilePath) throws -> [Int16] {
    let (samples, rate) = try AudioFileReader.readAll(path)
    #expect(rate == 16000)
    return samples.map { Int16($0 * 32768) }
  }

  @Test("The plain header of 44 bytes, the samples, and zeros where nothing was written")
  func header() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("a.wav")
      var writer = try SparseWAVWriter(creating: path, sampleRate: 16000, totalSamples: 100_000)
      let speech = Self.speech(1000)
      try writer.write(speech.span, at: 20000)
      try writer.write(speech.span, at: 21000)
      try writer.finish(sync: true)
      let bytes = try contents(path)
      #expect(bytes.count == 200_044)
      let expected: [UInt8] =
        Array("RIFF".utf8) + little(200_036) + Array("WAVEfmt ".utf8) + little(16)
        + [1, 0, 1, 0] + little(16000) + little(32000) + [2, 0, 16, 0] + Array("data".utf8)
        + little(200_000)
      #expect(Array(bytes[..<44]) == expected)
      #expect(bytes[44..<40044].allSatisfy { $0 == 0 })
      #expect(bytes[44044...].allSatisfy { $0 == 0 })
      let samples = try Self.read(path)
      #expect(samples.count == 100_000)
      #expect(Array(samples[20000..<22000]) == speech + speech)
      #expect(Self.size(path).mode == 0o600)
    }
  }

  private func little(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  @Test("Unwritten spans are holes: the disk holds the speech only")
  func holes() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("a.wav")
      // Eight hours, twenty spurts of 3 s.
      let total: Int64 = 8 * 3600 * 16000
      var writer = try SparseWAVWriter(creating: path, sampleRate: 16000, totalSamples: total)
      let spurt = Self.speech(48000)
      for index in 0..<20 {
        let start = Int64(index) * 22_000_123 + 7
        for part in stride(from: 0, to: 48000, by: 320) {
          try writer.write(
            spurt.span.extracting(part..<part + 320), at: start + Int64(part))
        }
      }
      try writer.finish()
      let size = Self.size(path)
      #expect(size.bytes == total * 2 + 44)
      #expect(size.blocks >= 20 * 96000)
      #expect(size.blocks <= 20 * (96000 * 105 / 100 + 8192) + 4096, "\(size.blocks)")
    }
  }

  @Test("Ends: empty, silent, speech from the first to the last sample", arguments: [0, 1, 5000])
  func ends(_ total: Int) throws {
    try withTemporaryFolder { folder in
      let (silent, full) = (folder.appending("s.wav"), folder.appending("f.wav"))
      try SparseWAVWriter(creating: silent, sampleRate: 16000, totalSamples: Int64(total)).finish()
      #expect(try Self.read(silent) == [Int16](repeating: 0, count: total))
      #expect(Self.size(silent).bytes == Int64(total) * 2 + 44)
      var writer = try SparseWAVWriter(
        creating: full, sampleRate: 16000, totalSamples: Int64(total))
      try writer.write(Self.speech(total).span, at: 0)
      try writer.finish()
      #expect(try Self.read(full) == Self.speech(total))
      #expect(Self.size(full).bytes == Int64(total) * 2 + 44)
    }
  }

  @Test("Chunks of all sizes, larger than the buffer too, end up as written")
  func chunks() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("a.wav")
      var expected = [Int16](repeating: 0, count: 400_000)
      var writer = try SparseWAVWriter(creating: path, sampleRate: 16000, totalSamples: 400_000)
      var random = SplitMix64(seed: 8)
      var position = 0
      while position < 300_000 {
        if random.next() % 3 == 0 { position += Int(random.next() % 9000) }
        let count = Int(random.next() % 4 == 0 ? random.next() % 90000 : random.next() % 700)
        let part = Self.speech(min(count, 400_000 - position), seed: random.next())
        try writer.write(part.span, at: Int64(position))
        expected.replaceSubrange(position..<position + part.count, with: part)
        position += part.count
      }
      try writer.finish()
      #expect(try Self.read(path) == expected)
    }
  }

  @Test("FLAC holds the same samples, zeros included")
  func flac() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("a.flac")
      var writer = try SparseWAVWriter(
        creating: path, sampleRate: 16000, format: .flac, totalSamples: 200_000)
      let speech = Self.speech(5000)
      try writer.write(speech.span, at: 30000)
      try writer.write(speech.span, at: 100_000)
      try writer.finish(sync: true)
      let samples = try Self.read(path)
      #expect(samples.count == 200_000)
      #expect(Array(samples[30000..<35000]) == speech)
      #expect(Array(samples[100_000..<105_000]) == speech)
      #expect(samples.count { $0 != 0 } <= 10000)
      #expect(Array(try contents(path)[..<4]) == Array("fLaC".utf8))
    }
  }

  @Test("Python's wave module, the strictest reader around, takes it")
  func strictReader() throws {
    let candidates: [String] = ["/usr/bin/python3", "/usr/local/bin/python3"]
    guard let python = candidates.first(where: { access($0, X_OK) == 0 }) else { return }
    try withTemporaryFolder { folder in
      let path = folder.appending("a.wav")
      var writer = try SparseWAVWriter(creating: path, sampleRate: 16000, totalSamples: 50000)
      try writer.write([1, 2, 3].span, at: 10000)
      try writer.finish()
      let script = """
        import sys, wave, struct
        w = wave.open(sys.argv[1])
        assert w.getparams()[:4] == (1, 2, 16000, 50000), w.getparams()
        data = w.readframes(60000)
        assert len(data) == 100000 and struct.unpack('<3h', data[20000:20006]) == (1, 2, 3)
        assert data.count(0) == 99997
        """
      #expect(run(python, ["-c", script, path.string]) == 0)
    }
  }

  @Test("Past 4 GiB the header becomes RF64; just below it stays plain")
  func large() throws {
    try withTemporaryFolder { folder in
      let limit = (Int64(UInt32.max) - 36) / 2
      for (total, magic) in [(limit, "RIFF"), (limit + 1, "RF64")] {
        let path = folder.appending("\(magic).wav")
        var writer = try SparseWAVWriter(creating: path, sampleRate: 16000, totalSamples: total)
        try writer.write([5, 6, 7].span, at: total - 3)
        try writer.finish()
        let reader = try AudioFileReader(opening: path)
        #expect(reader.frames == total)
        #expect(try Array(contents(path, limit: 4)) == Array(magic.utf8))
        #expect(Self.size(path).blocks < 65536)
      }
    }
  }

  @Test("Going back, past the end and over an existing file are refused")
  func refusals() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("a.wav")
      var writer = try SparseWAVWriter(creating: path, sampleRate: 16000, totalSamples: 1000)
      try writer.write([1, 2, 3].span, at: 500)
      for (position, count) in [(502, 1), (0, 1), (998, 3), (1001, 0), (-1, 1), (Int.max, 3)] {
        let samples = [Int16](repeating: 1, count: count)
        var isRefused = false
        do throws(AudioError) {
          try writer.write(samples.span, at: Int64(position))
        } catch {
          isRefused = true
        }
        #expect(isRefused, "\(count) at \(position)")
      }
      try writer.write([4].span, at: 503)
      try writer.finish()
      #expect(try Self.read(path)[500..<504] == [1, 2, 3, 4])
      #expect(
        Self.failure { () throws(AudioError) in
          _ = try SparseWAVWriter(creating: path, sampleRate: 16000, totalSamples: 1)
        } == .file(path: path.string, errno: EEXIST, message: "File exists"))
    }
  }

  @Test("A full disk is an error of its own", arguments: SparseWAVWriter.Format.allCases)
  func fullDisk(_ format: SparseWAVWriter.Format) throws {
    guard access("/dev/full", W_OK) == 0 else { return }
    let failure = Self.failure { () throws(AudioError) in
      let descriptor = open("/dev/full", O_RDWR)
      var file = try SoundFile(
        descriptor: descriptor, path: "full", sampleRate: 16000, format: format,
        totalSamples: 1 << 20)
      for block in 0..<32 {
        try file.write(Self.speech(32768), at: Int64(block) * 32768)
      }
      try file.finish(totalSamples: 1 << 20, sync: false)
    }
    #expect(failure == .noSpace(path: "full"))
  }

  @Test("A reader of files that are none")
  func noAudio() throws {
    try withTemporaryFolder { folder in
      let path = folder.appending("a.wav")
      #expect(
        Self.failure { () throws(AudioError) in
          _ = try AudioFileReader(opening: path)
        } != nil)
      try write([UInt8](repeating: 7, count: 5000), to: path)
      #expect(
        Self.failure { () throws(AudioError) in
          _ = try AudioFileReader.readAll(path)
        } != nil)
    }
  }

  private static func failure(_ body: () throws(AudioError) -> Void) -> AudioError? {
    do throws(AudioError) {
      try body()
      return nil
    } catch {
      return error
    }
  }
}
