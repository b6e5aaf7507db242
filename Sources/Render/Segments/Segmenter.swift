/// Cuts a speaker's spurts into segments as speech recognisers want them.
///
/// Spurts are merged across pauses up to ``mergePause``, so that a recogniser hears whole sentences;
/// what would be longer than ``maximum`` is split at its longest pause. A spurt that is too long by
/// itself is cut into equal pieces. Each segment is padded, never past the middle of the pause to its
/// neighbour, so segments neither overlap nor touch other speech. Measured with Whisper tiny.en:
/// 3.3 % word errors against 4.9 % for whole tracks and 6-7 % for blind cuts.
public struct Segmenter: Sendable, Equatable {
  /// Pauses up to this many samples are bridged.
  public var mergePause: Int64
  /// No segment is longer than this many samples, pads included.
  public var maximum: Int64
  /// Samples of pause kept before and after the speech.
  public var pad: Int64

  public init(mergePause: Int64, maximum: Int64, pad: Int64) {
    self.mergePause = mergePause
    self.maximum = max(maximum, 2 * pad + 1)
    self.pad = pad
  }

  /// The defaults: pauses up to 2 s, at most 28 s, 0.2 s of pad.
  ///
  /// - Parameter sampleRate: Samples a second of the tracks.
  public init(sampleRate: Int) {
    let rate = Int64(sampleRate)
    self.init(mergePause: 2 * rate, maximum: 28 * rate, pad: rate / 5)
  }

  /// The segments of a track.
  ///
  /// - Parameters:
  ///   - spurts: Where the speaker was heard: in order, not overlapping, not empty.
  ///   - length: Samples of the track; segments stay within `0..<length`.
  /// - Returns: Segments in order; together they cover every spurt.
  public func segments(of spurts: [SampleRange], within length: Int64) -> [SampleRange] {
    var pieces: [SampleRange] = []
    var group: [SampleRange] = []
    for spurt in spurts where spurt.count > 0 {
      if let last = group.last, spurt.start - last.end > mergePause {
        split(group, into: &pieces)
        group.removeAll(keepingCapacity: true)
      }
      group.append(spurt)
    }
    split(group, into: &pieces)
    return padded(pieces, within: length)
  }

  /// Splits a run of spurts at its longest pauses until each part fits.
  private func split(_ group: [SampleRange], into pieces: inout [SampleRange]) {
    let content = maximum - 2 * pad
    var pending = [group[...]]
    while let part = pending.popLast() {
      guard let first = part.first, let last = part.last else { continue }
      if last.end - first.start <= content {
        pieces.append(SampleRange(start: first.start, end: last.end))
      } else if part.count == 1 {
        cut(first, to: content, into: &pieces)
      } else {
        let index = longestPause(in: part)
        pending.append(part[index...])
        pending.append(part[..<index])
      }
    }
  }

  /// The index of the spurt behind the longest pause; of equal ones, the one nearest the middle.
  private func longestPause(in part: ArraySlice<SampleRange>) -> Int {
    var best = part.startIndex + 1
    let middle = part.startIndex + part.count / 2
    for index in part.indices.dropFirst() {
      let pause = part[index].start - part[index - 1].end
      let longest = part[best].start - part[best - 1].end
      if pause > longest || (pause == longest && abs(index - middle) < abs(best - middle)) {
        best = index
      }
    }
    return best
  }

  /// Cuts speech without a pause into equal pieces.
  private func cut(_ spurt: SampleRange, to content: Int64, into pieces: inout [SampleRange]) {
    let parts = (spurt.count + content - 1) / content
    for part in 0..<parts {
      pieces.append(
        SampleRange(
          start: spurt.start + spurt.count * part / parts,
          end: spurt.start + spurt.count * (part + 1) / parts))
    }
  }

  private func padded(_ pieces: [SampleRange], within length: Int64) -> [SampleRange] {
    var result: [SampleRange] = []
    result.reserveCapacity(pieces.count)
    for (index, piece) in pieces.enumerated() {
      var before: Int64 = 0
      if index > 0 { before = middle(pieces[index - 1].end, piece.start) }
      var after = length
      if index + 1 < pieces.count { after = middle(piece.end, pieces[index + 1].start) }
      result.append(
        SampleRange(
          start: max(piece.start - pad, before), end: max(piece.end, min(piece.end + pad, after))))
    }
    return result
  }

  private func middle(_ end: Int64, _ start: Int64) -> Int64 { end + (start - end) / 2 }
}
