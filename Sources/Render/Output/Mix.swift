internal import Audio
internal import SystemPackage

/// Sums finished tracks into one file that never clips.
///
/// Two passes over the speech: the first finds the largest sum, the second writes all of it with one
/// factor, so the voices keep their proportions and pauses of all stay holes. A limiter would change
/// the voices where they overlap.
struct Mix {
  static let stem = "mix"
  private static let block: Int64 = 32_768

  let folder: FilePath
  let options: RenderOptions
  /// The tracks to sum: their files and where samples were written.
  let tracks: [TrackFile.Summary]
  /// Length of the tracks.
  let samples: Int64
  let cancellation: RenderCancellation

  /// Writes `mix.wav` or `mix.flac`.
  ///
  /// - Parameter progress: Called with 0 to 1.
  func write(progress: (Double) -> Void) throws(RenderError) -> Manifest.Mix {
    var withoutLoudness = options
    withoutLoudness.loudness = false
    let file = try TrackFile(
      stem: Self.stem, in: folder, samples: samples, options: withoutLoudness,
      cancellation: cancellation)
    var highest: Int32 = 0
    var lowest: Int32 = 0
    try sums { block, start in
      for index in 0..<block.count {
        highest = max(highest, block[index])
        lowest = min(lowest, block[index])
      }
      progress(0.5 * Double(start) / Double(max(samples, 1)))
    }
    var gain = 1.0
    if highest > 32_767 { gain = 32_767 / Double(highest) }
    if lowest < -32_768 { gain = min(gain, -32_768 / Double(lowest)) }
    var output: [Int16] = []
    try sums { (block, start) throws(RenderError) in
      output.removeAll(keepingCapacity: true)
      for index in 0..<block.count {
        output.append(Int16((Double(block[index]) * gain).rounded(.toNearestOrEven)))
      }
      try file.write(output.span, at: start)
      progress(0.5 + 0.5 * Double(start) / Double(max(samples, 1)))
    }
    let summary = try file.finish()
    return Manifest.Mix(
      file: summary.file, samples: samples, sha256: summary.sha256, gain: rounded(gain, 6))
  }

  /// Gives the sums of all tracks, block by block, without the pauses of all.
  private func sums(
    _ body: (Span<Int32>, Int64) throws(RenderError) -> Void
  ) throws(RenderError) {
    var readers: [TrackReader] = []
    for track in tracks { readers.append(try TrackReader(track, in: folder)) }
    var sum: [Int32] = []
    for extent in Self.union(tracks.map(\.extents)) {
      var start = extent.start
      while start < extent.end {
        let end = min(extent.end, start + Self.block)
        sum.removeAll(keepingCapacity: true)
        sum.append(contentsOf: repeatElement(0, count: Int(end - start)))
        for reader in readers {
          try reader.add(SampleRange(start: start, end: end), to: &sum)
        }
        try body(sum.span, start)
        start = end
      }
    }
  }

  /// All samples that lie in any of the extents; those that touch are one.
  static func union(_ extents: [[SampleRange]]) -> [SampleRange] {
    var result: [SampleRange] = []
    for extent in extents.joined().sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
      if let last = result.last, extent.start <= last.end {
        result[result.count - 1].end = max(last.end, extent.end)
      } else {
        result.append(extent)
      }
    }
    return result
  }
}

/// Reads a finished track's speech, going forward.
private final class TrackReader {
  private var file: AudioFileReader
  private let path: FilePath
  private var extents: ArraySlice<SampleRange>
  private var samples: [Float] = []

  init(_ track: TrackFile.Summary, in folder: FilePath) throws(RenderError) {
    path = folder.appending(track.file)
    extents = track.extents[...]
    do {
      file = try AudioFileReader(opening: path)
    } catch {
      throw RenderError(error, path: path)
    }
  }

  /// Adds what the track has of the range to the sum, whose first sample is the range's.
  func add(_ range: SampleRange, to sum: inout [Int32]) throws(RenderError) {
    while let first = extents.first, first.end <= range.start { extents.removeFirst() }
    for extent in extents {
      guard extent.start < range.end else { return }
      let start = max(extent.start, range.start)
      let end = min(extent.end, range.end)
      try read(start: start, count: Int(end - start))
      let offset = Int(start - range.start)
      // Exact: the reader gives 16-bit samples as fractions of 32768.
      for index in samples.indices { sum[offset + index] += Int32(samples[index] * 32_768) }
    }
  }

  private func read(start: Int64, count: Int) throws(RenderError) {
    if samples.count != count { samples = [Float](repeating: 0, count: count) }
    do {
      try file.seek(to: start)
      guard try file.read(into: &samples) == count else {
        throw RenderError(.defect, "\(path) is shorter than what was written to it")
      }
    } catch let error as AudioError {
      throw RenderError(error, path: path)
    } catch {
      throw (error as? RenderError) ?? RenderError(.defect, "\(error)")
    }
  }
}
